import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreProgress, StepState } from '../../../shared/model/restore-progress.ts'
import { plural } from '../../../shared/format.ts'
import type { StatusState } from '../../lib/ui/status/status-state.ts'
import { modeWords } from '../../lib/mode-words.ts'

/** A step of the task, as its sidebar shows it. */
export interface TaskStep {
  readonly text: string
  readonly answer?: string | undefined
  readonly state: 'done' | 'current' | 'next'
  readonly onGo?: (() => void) | undefined
}

/** The steps of a restore that was confirmed before, with what was answered. */
export function answeredSteps(
  shown: RestoreProgress | null,
  { ended }: { readonly ended: boolean },
): readonly TaskStep[] {
  const request = shown?.request
  const what =
    request === undefined
      ? undefined
      : request.items.length > 0
        ? plural(request.items.length, 'item')
        : modeWords[request.scope]
  const done = 'done' as const
  return [
    { text: 'Source', answer: shown?.plan.from.name, state: done },
    { text: 'What to restore', answer: what, state: done },
    {
      text: 'Target',
      answer: request === undefined ? undefined : `${request.to.account} on ${request.to.server}`,
      state: done,
    },
    { text: 'Review', state: done },
    { text: 'Restore', state: ended ? done : 'current' },
  ]
}

/** The shape and the words of how far a step is. */
export const stepMarks = {
  waiting: ['idle', 'Waiting'],
  preparing: ['run', 'Being prepared beside what is there'],
  prepared: ['run', 'Prepared, not in use yet'],
  applying: ['run', 'Being put in place'],
  applied: ['held', 'In place'],
  committing: ['held', 'In place, what was there before is let go'],
  committed: ['held', 'In place'],
  'rolling-back': ['run', 'Being taken back'],
  'rolled-back': ['idle', 'Taken back'],
} as const satisfies Record<StepState, readonly [StatusState, string]>

/** One line of the way that a restore goes. */
export interface WayLine {
  readonly key: string
  readonly title: string
  readonly text: string
  readonly mark: StatusState
}

/**
 * The way of a restore, from the second look at the target to the check of what was made. Before the journal of the
 * restore is there (`shown` null) the target is looked at and saved.
 */
export function wayOf({
  shown,
  plan,
  phase,
}: {
  readonly shown: RestoreProgress | null
  readonly plan: RestorePlan | null
  readonly phase: string | null
}): readonly WayLine[] {
  const looking = shown === null && (phase === null || phase === 'connecting')
  const states = new Map(shown?.steps.map(({ step, state }) => [step.id, state]))
  const made = shown?.plan ?? plan
  const saves = made?.undo.method === 'safety-backup'
  const all = [...states.values()]
  const placed = all.length > 0 && all.every((state) => stepMarks[state][0] === 'held')
  const saved = shown !== null
  const done = all.length > 0 && all.every((state) => state === 'committing' || state === 'committed')
  return [
    {
      ...{ key: 'look', title: 'Check again', mark: looking ? 'run' : 'held' },
      text: looking ? 'Comparing the target with the plan' : 'Target unchanged since the review',
    },
    {
      ...{ key: 'save', title: 'Safety snapshot', mark: saved ? 'held' : looking ? 'idle' : 'run' },
      text: saves
        ? saved
          ? 'Verified, not on the server itself'
          : 'Of what is there now'
        : 'There is nothing to save',
    },
    ...(made?.steps ?? []).map(({ id, title }): WayLine => {
      const [mark, text] = stepMarks[states.get(id) ?? 'waiting']
      return { key: id, title, text, mark }
    }),
    {
      ...{ key: 'check', title: 'Check the result', mark: done ? 'held' : placed ? 'run' : 'idle' },
      text: 'Everything is read back and counted',
    },
  ]
}
