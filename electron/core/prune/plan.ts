import { createHash } from 'node:crypto'
import type { Backup, BackupCopy } from '../../../shared/model/backup.ts'
import { isPinned } from '../../../shared/pins.ts'
import type { PrunePlan, PruneSeries, PruneStep } from '../../../shared/model/prune.ts'
import type { Retention, Schedule } from '../../../shared/model/schedule.ts'
import { nextStep } from '../../../shared/removal.ts'
import { describeHindrance } from '../../../shared/retention-text.ts'
import {
  hindranceTo,
  needsConfirmation,
  retain,
  type PruneFacts,
  type SeriesEntry,
} from '../../../shared/retention.ts'
import { suspiciouslySmall } from '../../../shared/size-drop.ts'

/** What a plan needs to know besides the backups; `serverId` is the one in the backups. */
export interface PruneKnowledge {
  readonly now: Date
  readonly noSpace: boolean
  readonly factsOf: (series: {
    readonly serverId: string
    readonly server: string
    readonly source: string
  }) => Omit<PruneFacts, 'now'>
}

interface Member {
  readonly backup: Backup
  readonly copy: BackupCopy
  readonly entry: SeriesEntry
}

const bytesOf = ({ components }: Backup) => components.reduce((sum, { bytes }) => sum + bytes, 0)
const isGoodCopy = ({ backup, copy }: Pick<Member, 'backup' | 'copy'>) =>
  backup.result === 'succeeded' && copy.verified?.ok === true

/** The series of a source, oldest first: by the server's id, so that new names change nothing. */
function membersOf(
  backups: readonly Backup[],
  {
    destination,
    schedule,
    now,
  }: { readonly destination: string; readonly schedule: Schedule; readonly now: Date },
): readonly Member[] {
  const here = backups
    .flatMap((backup) => {
      const copy = backup.copies.find((each) => each.destination === destination)
      return copy ? [{ backup, copy }] : []
    })
    .sort((a, b) => Date.parse(a.backup.startedAt) - Date.parse(b.backup.startedAt))
  const own = here.filter(({ backup }) => backup.schedule?.id === schedule.id)
  const small = suspiciouslySmall(
    own.map(({ backup, copy }) => ({
      ...{ id: backup.id, bytes: bytesOf(backup), good: isGoodCopy({ backup, copy }) },
      accepted: copy.sizeAccepted,
    })),
  )
  return here.map(({ backup, copy }) => ({
    ...{ backup, copy },
    entry: {
      ...{ id: backup.id, startedAt: new Date(backup.startedAt), good: isGoodCopy({ backup, copy }) },
      suspicious: small.has(backup.id),
      held:
        backup.trigger !== 'scheduled' ||
        backup.schedule?.id !== schedule.id ||
        backup.copies.some((each) => isPinned(each, now)),
    },
  }))
}

function stepsOf(
  members: readonly Member[],
  policy: Retention,
  { zone, knowledge }: { readonly zone: string; readonly knowledge: PruneKnowledge },
): readonly PruneStep[] {
  const { now } = knowledge
  const entries = members.map(({ entry }) => entry)
  return retain(entries, policy, { now, zone }).flatMap(({ id, reasons }) => {
    const member = members.find(({ backup }) => backup.id === id)
    if (member === undefined) return []
    const { backup, copy } = member
    const announcedAt = copy.announcedAt === null ? null : new Date(copy.announcedAt)
    const next = nextStep({ keep: reasons.length > 0, announcedAt }, knowledge)
    const until = next.step === 'wait' ? next.until.toISOString() : null
    return [
      {
        ...{ backup: backup.id, name: copy.name, startedAt: backup.startedAt, size: copy.size },
        ...{ step: next.step, reasons: [...reasons], until },
      },
    ]
  })
}

/**
 * What a schedule's retention does at a destination, out of a list of backups that was read from it just now. Only
 * the schedule's own backups have steps. Pure.
 */
export function planPrune(
  backups: readonly Backup[],
  { destination, schedule }: { readonly destination: string; readonly schedule: Schedule },
  knowledge: PruneKnowledge,
): PrunePlan {
  const policy = schedule.retention
  if (policy === null) return { destination, series: [], confirm: null }
  const groups = Map.groupBy(
    backups.filter(({ copies }) => copies.some((copy) => copy.destination === destination)),
    ({ serverId, source, scope }) => JSON.stringify([serverId, source, scope]),
  )
  const series: PruneSeries[] = []
  for (const group of groups.values()) {
    const [first] = group
    if (!first || !group.some((backup) => backup.schedule?.id === schedule.id)) continue
    const { serverId, server, source } = first
    const members = membersOf(group, { destination, schedule, now: knowledge.now })
    const facts = { now: knowledge.now, ...knowledge.factsOf({ serverId, server, source }) }
    const hindrance = hindranceTo(
      members.map(({ entry }) => entry),
      facts,
    )
    const steps = stepsOf(members, policy, { zone: schedule.zone, knowledge })
    const own = new Set(
      members.flatMap(({ backup }) => (backup.schedule?.id === schedule.id ? [backup.id] : [])),
    )
    const harmless = ({ step }: PruneStep) => step === 'keep' || step === 'take-back'
    series.push({
      ...{ server, source, hindrance: hindrance && describeHindrance(hindrance) },
      steps: steps
        .filter((each) => own.has(each.backup))
        .map((each) =>
          hindrance === null || harmless(each)
            ? each
            : { ...each, step: 'keep', reasons: [hindrance], until: null },
        ),
    })
  }
  const counts = series.map(({ steps }) => ({
    entries: steps.length,
    going: steps.filter(({ step }) => step === 'announce').length,
  }))
  const going = series.flatMap(({ steps }) => steps.filter(({ step }) => step === 'announce'))
  const digest = createHash('sha256').update(
    going
      .map(({ backup }) => backup)
      .sort()
      .join(),
  )
  return {
    destination,
    series,
    confirm: needsConfirmation(counts) ? digest.digest('hex').slice(0, 12) : null,
  }
}
