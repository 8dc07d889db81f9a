import { AppError, hasCode, toWire } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { isPinned } from '../../../shared/pins.ts'
import type { PrunePlan, PruneStep } from '../../../shared/model/prune.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import type { Catalog } from '../backups/catalog.ts'
import { readDestination } from '../backups/read-destination.ts'
import { bodyKeysOf, keysOf, readState, stemOfArchive, writeState } from '../backups/stored-backup.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { Clock, Log, SpaceRules } from '../ports.ts'
import { takeLease, type PruneLease } from './lease.ts'
import { planPrune, type PruneKnowledge } from './plan.ts'

export interface PruneParts {
  readonly catalog: Catalog
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly log: Log
  readonly space: SpaceRules
  /** What is known of a source besides the listing. */
  readonly factsOf: (
    schedule: Schedule,
    series: Parameters<PruneKnowledge['factsOf']>[0],
  ) => Omit<ReturnType<PruneKnowledge['factsOf']>, 'listingComplete'>
}

interface Target {
  readonly destination: Destination
  readonly schedule: Schedule
}

/** Reads the destination and plans by what lies there now. */
export async function lookAndPlan(
  { destination, schedule }: Target,
  parts: PruneParts,
  { signal }: { readonly signal: AbortSignal },
): Promise<PrunePlan> {
  const { catalog, clock, space } = parts
  const { unreadable } = await readDestination(destination, parts, { signal })
  const free = await destination.free({ signal })
  const backups = catalog.list()
  const largest = Math.max(0, ...backups.flatMap(({ copies }) => copies.map(({ size }) => size)))
  const prefix = (backup: Backup) =>
    backup.copies
      .find((copy) => copy.destination === destination.name)
      ?.key.split('/')
      .slice(0, -1)
      .join('/')
  return planPrune(
    backups,
    { destination: destination.name, schedule },
    {
      now: clock.now(),
      noSpace: free !== null && free < largest * 1.2 + space.reserve,
      factsOf: (series) => {
        const one = backups.find(
          ({ serverId, source }) => serverId === series.serverId && source === series.source,
        )
        const folder = one && prefix(one)
        const broken = unreadable.some(
          ({ key }) => key === null || folder === undefined || key.startsWith(folder),
        )
        return { ...parts.factsOf(schedule, series), listingComplete: !broken }
      },
    },
  )
}

interface Work extends Target {
  readonly parts: PruneParts
  readonly lease: PruneLease
  readonly signal: AbortSignal
  readonly note: (text: string) => void
}

/** Removes what lies there of a backup. The manifest goes first: the rest is no backup any more. */
async function removeObjects(stem: Key, { destination, lease, signal }: Work): Promise<void> {
  for (const key of [keysOf(stem).manifest, ...bodyKeysOf(stem)]) {
    await lease.check()
    await destination.delete(key, { signal })
  }
}

async function act(step: PruneStep, stem: Key, work: Work): Promise<void> {
  const { destination, parts, lease, signal, note } = work
  if (step.step === 'keep' || step.step === 'wait') return
  await lease.check()
  const now = parts.clock.now()
  const state = await readState(destination, stem, { signal })
  const manifest = parts.catalog.manifestAt(step.backup, destination.name)
  const store = async (tombstone: { readonly at: string } | null) => {
    const next = { ...state, tombstone }
    await writeState(destination, stem, next, { signal })
    parts.catalog.add(destination, stem, { manifest, state: next })
  }
  if (step.step === 'take-back') {
    await store(null)
    note(`${step.name} stays after all at ${destination.name}`)
    return
  }
  if (isPinned(state, now)) return
  if (step.step === 'announce') {
    await store({ at: now.toISOString() })
    note(`${step.name} goes from ${destination.name} in seven days; pin it to keep it`)
    return
  }
  if (state.tombstone === null) return
  await removeObjects(stem, work)
  parts.catalog.remove(step.backup, destination.name)
  note(`Removed ${step.name} from ${destination.name}`)
}

/**
 * Finishes what an earlier run had begun to remove: its manifest is gone, and its state says that it was to go. What a
 * lock still holds stays for the next run.
 */
async function finishRemovals(work: Work): Promise<void> {
  const { destination, signal, note } = work
  const keys = new Set<Key>()
  for await (const { key } of destination.list('', { signal })) keys.add(key)
  for (const key of keys) {
    const stem = key.replace(/\.(?:tar|index)\.gz(?:\.age)?$/, '')
    if (stem === key || keys.has(keysOf(stem).manifest) || !keys.has(keysOf(stem).state)) continue
    if ((await readState(destination, stem, { signal })).tombstone === null) continue
    try {
      await removeObjects(stem, work)
      note(`Finished removing ${stem} from ${destination.name}`)
    } catch (error) {
      if (!hasCode(error, 'permission-denied')) throw error
      note(`${stem} could not be removed from ${destination.name} yet: ${toWire(error).message}`)
    }
  }
}

/**
 * Carries a schedule's retention out at a destination: with its lease, on a listing that is read after the lease was
 * taken. `confirmed` is a plan's word for a large removal; without it such a plan announces nothing. Every step is
 * whole by itself, so whatever ends this, the next run goes on.
 * @throws `busy` where another process removes there; `permission-denied` where removing is not allowed
 */
export async function pruneDestination(
  target: Target,
  parts: PruneParts,
  {
    confirmed,
    signal,
    note,
  }: {
    readonly confirmed: string | null
    readonly signal: AbortSignal
    readonly note: (text: string) => void
  },
): Promise<PrunePlan> {
  const { destination } = target
  await using lease = await takeLease(destination, { clock: parts.clock, signal })
  const work: Work = { ...target, parts, lease, signal, note }
  await finishRemovals(work)
  const plan = await lookAndPlan(target, parts, { signal })
  const asks = plan.confirm !== null && plan.confirm !== confirmed
  if (asks) note(`So much would go from ${destination.name} at once that a person must agree`)
  let refused: AppError | null = null
  for (const step of plan.series.flatMap(({ steps }) => steps)) {
    const copy = parts.catalog
      .list()
      .find(({ id }) => id === step.backup)
      ?.copies.find((each) => each.destination === destination.name)
    if (copy === undefined || (asks && step.step === 'announce')) continue
    try {
      await act(step, stemOfArchive(copy.key), work)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'permission-denied') throw error
      refused ??= error
      note(`${step.name} could not be removed from ${destination.name}: ${error.message}`)
    }
  }
  if (refused) throw refused
  return plan
}
