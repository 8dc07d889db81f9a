import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import type { RestoreStep } from '../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../shared/model/restore-report.ts'
import type { RestoreJournal, StepState } from './journal.ts'
import { checkLaneOf, inLanes, laneOf, sideBySide } from './lanes.ts'
import type { StepContext } from './restore-context.ts'
import type { StepKind, StepKinds } from './step-kind.ts'

/** What applying needs besides the plan. */
export interface Applying {
  readonly kinds: StepKinds
  readonly journal: RestoreJournal
  /** The context of one step. */
  readonly contextOf: (step: RestoreStep) => StepContext
  /** Told what begins, for people, and that it ended. */
  readonly began: (step: RestoreStep, phase: string) => Disposable
}

/** How a step of a plan is done. */
export function kindOf(kinds: StepKinds, step: RestoreStep): StepKind {
  const kind = kinds[step.kind]
  if (kind === undefined)
    throw new AppError('unsupported', `This Holdfast does not know the step ${step.kind}.`)
  return kind
}

function stateOf(journal: RestoreJournal, step: RestoreStep): StepState {
  return journal.entry.steps[step.id]?.state ?? 'waiting'
}

/** The steps of a plan, last first. */
function reversed(journal: RestoreJournal): readonly RestoreStep[] {
  return [...journal.entry.plan.steps].reverse()
}

/**
 * Prepares every step, files beside databases, then applies every step. A step that a crash ended in the middle is rolled back and done again;
 * what was done before stays. Throws what a step throws; nothing is rolled back here.
 */
export async function applySteps({ kinds, journal, contextOf, began }: Applying): Promise<void> {
  const { steps } = journal.entry.plan
  const prepare = async (step: RestoreStep, stop: AbortSignal) => {
    const given = contextOf(step)
    const context = { ...given, signal: AbortSignal.any([given.signal, stop]) }
    const kind = kindOf(kinds, step)
    throwIfCancelled(context.signal)
    const state = stateOf(journal, step)
    if (state === 'prepared' || state === 'applying' || state === 'applied') return
    if (state !== 'waiting') await kind.rollback(step, context)
    using _ = began(step, `preparing ${step.component}`)
    await journal.step(step.id, 'preparing')
    await kind.prepare?.(step, context)
    await journal.step(step.id, 'prepared')
  }
  for (const lanes of inLanes(steps, laneOf)) await sideBySide(lanes, prepare)
  for (const step of steps) {
    const context = contextOf(step)
    const kind = kindOf(kinds, step)
    throwIfCancelled(context.signal)
    const state = stateOf(journal, step)
    if (state === 'applied') continue
    if (state === 'applying') {
      await kind.rollback(step, context)
      await journal.step(step.id, 'preparing')
      await kind.prepare?.(step, context)
    }
    using _ = began(step, step.title)
    await journal.step(step.id, 'applying')
    await kind.apply(step, context)
    await journal.step(step.id, 'applied')
  }
}

/** Counts, over there, what every step came to. */
export async function checkSteps({
  kinds,
  journal,
  contextOf,
  began,
}: Applying): Promise<readonly ComponentReport[]> {
  const { steps } = journal.entry.plan
  const reports = new Map<string, ComponentReport | null>()
  const check = async (step: RestoreStep, stop: AbortSignal) => {
    const given = contextOf(step)
    const context = { ...given, signal: AbortSignal.any([given.signal, stop]) }
    throwIfCancelled(context.signal)
    using _ = began(step, `checking ${step.component}`)
    reports.set(step.id, await kindOf(kinds, step).check(step, context))
  }
  for (const lanes of inLanes(steps, checkLaneOf)) await sideBySide(lanes, check)
  return steps.flatMap(({ id }) => reports.get(id) ?? [])
}

/** Lets go of what was there before. What cannot be let go now is named and left; the restore has happened. */
export async function commitSteps({ kinds, journal, contextOf, began }: Applying): Promise<void> {
  for (const step of journal.entry.plan.steps) {
    if (stateOf(journal, step) === 'committed') continue
    const context = contextOf(step)
    using _ = began(step, `clearing up ${step.component}`)
    await journal.step(step.id, 'committing')
    await kindOf(kinds, step).commit(step, context)
    await journal.step(step.id, 'committed')
  }
}

/**
 * Takes every step back that has begun, the last first. One that cannot be taken back does not keep the others from
 * it; then this throws `partial` with the names of those that are left, and the journal still has them.
 */
export async function rollBackSteps({ kinds, journal, contextOf, began }: Applying): Promise<void> {
  const failed: { readonly title: string; readonly error: unknown }[] = []
  for (const step of reversed(journal)) {
    const state = stateOf(journal, step)
    if (state === 'waiting' || state === 'rolled-back') continue
    using _ = began(step, `taking back ${step.component}`)
    try {
      await journal.step(step.id, 'rolling-back')
      await kindOf(kinds, step).rollback(step, contextOf(step))
      await journal.step(step.id, 'rolled-back')
    } catch (error) {
      failed.push({ title: step.title, error })
    }
  }
  if (failed.length === 0) return
  const names = failed.map(({ title }) => title)
  throw new AppError(
    'partial',
    `${names.length} of the steps could not be taken back: ${names.join('; ')}. What was there before is still on the server, beside it. Take it back again with: holdfast restore rollback ${journal.entry.job}`,
    { cause: failed[0]?.error, details: { steps: names, unfinished: true } },
  )
}
