import { formatCount, formatDuration } from '../../../shared/format.ts'
import type { ComponentReport, RestoreReport } from '../../../shared/model/restore-report.ts'
import { dayOf, timeOf } from '../../lib/dates.ts'

/** What a report is about and how it ended, as a state and a heading. `undone`: it was taken back later. */
export function headingOf(
  { outcome, to, remarks }: RestoreReport,
  { undone }: { readonly undone: boolean },
): { readonly mark: 'held' | 'warn' | 'fail'; readonly text: string } {
  const account = to.slice(to.indexOf('/') + 1)
  const warnings = remarks.filter(({ remedy }) => remedy !== null).length
  const more = warnings === 0 ? '' : `, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  if (undone) return { mark: 'held', text: `Undone: ${account} is as it was before` }
  switch (outcome) {
    case 'rolled-back':
      return { mark: 'fail', text: `Taken back: ${account} is as it was before` }
    case 'restored-in-part':
      return { mark: 'warn', text: `Restored to ${account} in part${more}` }
    case 'interrupted':
      return { mark: 'fail', text: `The restore to ${account} was interrupted` }
    default:
      return { mark: warnings === 0 ? 'held' : 'warn', text: `Restored to ${account}${more}` }
  }
}

/** `38,417 of 38,418 files`. */
export const countWords = ({ good, of, unit }: Pick<ComponentReport, 'good' | 'of' | 'unit'>): string =>
  `${formatCount(good)} of ${formatCount(of)} ${unit}`

/** One row for each unit, in the order in which they come first. */
function totals(
  components: readonly ComponentReport[],
): readonly Pick<ComponentReport, 'unit' | 'good' | 'of'>[] {
  const sum = (rows: readonly ComponentReport[], key: 'good' | 'of') =>
    rows.reduce((all, row) => all + row[key], 0)
  return [...Map.groupBy(components, ({ unit }) => unit)].map(([unit, rows]) => ({
    ...{ unit, good: sum(rows, 'good'), of: sum(rows, 'of') },
  }))
}

/** When it ended, how long it took, and how much of it came back. `now` in milliseconds. */
export function leadOf(
  { finishedAt, startedAt, components }: RestoreReport,
  { now }: { readonly now: number },
): string {
  const day = dayOf(finishedAt, { now }).replace('Today', 'today')
  const took = formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))
  const counts = totals(components).map(countWords).join(', ')
  return `Finished ${day} ${timeOf(finishedAt)} after ${took}.${counts === '' ? '' : ` ${counts} came back.`}`
}
