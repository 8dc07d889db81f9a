import { formatBytes, plural } from '../../../shared/format.ts'
import type { ComponentPlan, PlanList, PlanSpace, RestorePlan } from '../../../shared/model/restore-plan.ts'

/** Whether it goes on the disk while it runs; true where nobody knows. */
export function fits({ during, free }: PlanSpace): boolean {
  return free === null || during <= free
}

/** What happens to some names of a component. */
export interface PlanVerb {
  readonly word: string
  readonly state: 'held' | 'warn' | 'fail' | undefined
  readonly list: PlanList
}

/** The verbs of a component that have something, the worst first. */
export function verbsOf({ unit, deleted, overwritten, added, kept }: ComponentPlan): readonly PlanVerb[] {
  const verbs: readonly PlanVerb[] = [
    { word: 'Overwritten', state: 'warn', list: overwritten },
    { word: unit === 'tables' ? 'Dropped' : 'Deleted', state: 'fail', list: deleted },
    { word: 'Added', state: 'held', list: added },
    { word: 'Kept', state: undefined, list: kept },
  ]
  return verbs.filter(({ list }) => list.count > 0)
}

const units = {
  files: ['file', 'files'],
  tables: ['table', 'tables'],
  messages: ['message', 'messages'],
  lines: ['line of the crontab', 'lines of the crontab'],
} as const satisfies Record<ComponentPlan['unit'], readonly [string, string]>

/** `1 file`, `212 files`. */
export function countOf(count: number, unit: ComponentPlan['unit']): string {
  const [one, many] = units[unit]
  return plural(count, one, many)
}

/** `212 files are overwritten, 18 files deleted.` What of a plan cannot be told from the account afterwards. */
export function damageWords({ components, to, undo }: RestorePlan): string {
  const parts = components.flatMap(({ unit, overwritten, deleted }) => [
    ...(overwritten.count === 0 ? [] : [`${countOf(overwritten.count, unit)} overwritten`]),
    ...(deleted.count === 0
      ? []
      : [`${countOf(deleted.count, unit)} ${unit === 'tables' ? 'dropped' : 'deleted'}`]),
  ])
  const damage =
    parts.length === 0 ? 'Nothing that is there is overwritten or deleted.' : `${parts.join(', ')}.`
  return `${to.exists ? damage : `The account ${to.account} is made.`} ${undoWords(undo)}`
}

/** How it can be undone. */
export function undoWords({ method, days }: RestorePlan['undo']): string {
  return method === 'nothing-to-save'
    ? `You can undo this for ${days} days: what it makes is removed again.`
    : `A safety snapshot is taken first, so you can undo this for ${days} days.`
}

/** What is saved before anything is overwritten. */
export function savedWords({ undo, to }: RestorePlan): string {
  if (undo.method === 'nothing-to-save')
    return 'There is nothing at the target yet. Undoing removes what this restore makes.'
  const what =
    undo.only.length === 0
      ? to.account
      : undo.only.length === 1
        ? (undo.only[0] ?? '')
        : `${plural(undo.only.length, 'path')} of ${to.account}`
  const size = undo.bytes === null ? 'What is now in' : `The ${formatBytes(undo.bytes)} now in`
  return `${size} ${what} is saved here and verified before anything is overwritten. Kept for ${undo.days} days.`
}
