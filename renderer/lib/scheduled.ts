import type { SourceStanding } from '../../shared/model/fleet.ts'
import type { ScheduleRow } from '../../shared/schedule-contract.ts'
import { coversSource } from '../../shared/schedule-covers.ts'
import { shortDayOf, timeOf, weekdayOf } from './dates.ts'
import { weekdayWords } from './schedule-words.ts'

const day = 86_400_000

/** The schedules that back up a source, as far as is known without asking its server; the soonest first. */
export function schedulesOf(
  { serverId, source }: { readonly serverId: string; readonly source: SourceStanding },
  rows: readonly ScheduleRow[],
): readonly ScheduleRow[] {
  const { name, kind, onServer } = source
  const isNamed = ({ sources }: ScheduleRow['schedule']) =>
    sources.some((each) => each.pick === 'source' && each.source === name)
  const picked = rows.filter(
    ({ schedule }) =>
      coversSource(schedule, { serverId, source: name, kind }) && (onServer || isNamed(schedule)),
  )
  const due = ({ next }: ScheduleRow) => (next === null ? Infinity : Date.parse(next))
  return picked.sort((a, b) => due(a) - due(b))
}

/** When something runs next where there is little room: `02:00` within a day, `Sun` within a week, `12 Apr`. */
export function soonWords(at: string, { now }: { readonly now: number }): string {
  const ahead = Date.parse(at) - now
  if (ahead < day) return timeOf(at)
  return ahead < 7 * day ? weekdayOf(at) : shortDayOf(at, { now })
}

/** A schedule where there is little room: `Daily 02:00, keep 7`. */
export function briefWords({ times, retention, paused }: ScheduleRow['schedule']): string {
  if (paused !== null) return 'Paused'
  const when = {
    day: () => 'Daily',
    week: () => (times.every === 'week' ? `${weekdayWords[times.on]}s` : ''),
    month: () => 'Monthly',
    cron: () => 'By cron',
  }[times.every]()
  const at = times.every === 'cron' ? '' : ` ${times.at}`
  const keep = retention?.last == null ? '' : `, keep ${retention.last}`
  return `${when}${at}${keep}`
}
