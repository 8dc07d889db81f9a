import { plural } from '../../../shared/format.ts'
import type { ScheduleTimes } from '../../../shared/model/schedule.ts'
import type { ScheduleRun, SourceRun } from '../../../shared/model/schedule-run.ts'
import type { ScheduleRow } from '../../../shared/schedule-contract.ts'
import { wallClock } from '../../../shared/wall-clock.ts'

/** `2026-04-08 02:00` on the clock of a zone. */
export function localTime(at: string, zone: string): string {
  const { date, minute } = wallClock(new Date(at), zone)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${date} ${part(Math.floor(minute / 60))}:${part(minute % 60)}`
}

/** The times of a schedule as `--at` takes them. */
export function describeTimes(times: ScheduleTimes): string {
  switch (times.every) {
    case 'day':
      return `daily@${times.at}`
    case 'week':
      return `weekly:${times.on}@${times.at}`
    case 'month':
      return `monthly:${times.on}@${times.at}`
    case 'cron':
      return `cron:${times.expression}`
  }
}

/** One word or two on how a schedule stands. */
export function describeStanding({ schedule, open, attention }: ScheduleRow): string {
  if (schedule.paused !== null) {
    const { until } = schedule.paused
    return until === null ? 'paused' : `paused until ${localTime(until, schedule.zone)}`
  }
  if (open?.state === 'running') return 'running'
  if (open) return open.attempts > 0 ? 'tries again' : 'waits'
  const [worst] = attention
  return worst ? `${worst.state}, due ${localTime(worst.dueAt, schedule.zone)}` : 'well'
}

function describeSource({ server, source, state, error }: SourceRun): string {
  return `    ${server}/${source}: ${state}${error ? `. ${error.message}` : ''}`
}

/** What became of a due time, for people. */
export function describeRun(run: ScheduleRun, zone: string): string {
  const due = run.manual ? 'started by hand' : `due ${localTime(run.dueAt, zone)}`
  const more = run.count > 1 ? `, for ${plural(run.count, 'due time')}` : ''
  const late = run.late && run.state !== 'missed' ? ' (missed before)' : ''
  const good = run.madeGoodAt === null ? '' : `, made good ${localTime(run.madeGoodAt, zone)}`
  const vanished = run.vanished.map((name) => `    ${name} is not there any more; its backups stay.`)
  const shown = run.state === 'done' ? [] : run.sources.map(describeSource)
  const error = run.error && run.sources.length === 0 ? [`    ${run.error.message}`] : []
  return [`  ${due}${more}: ${run.state}${late}${good}`, ...error, ...shown, ...vanished].join('\n')
}

/** A schedule with all that was decided about it. */
export function describeSchedule(row: ScheduleRow, sources: readonly string[]): string {
  const { schedule, next, retention } = row
  const { zone, window } = schedule
  return [
    `${schedule.name}: ${describeTimes(schedule.times)} ${zone}, ${describeStanding(row)}`,
    `  backs up ${sources.join(', ')} (${schedule.scope}) to ${schedule.destinations.join(', ')}`,
    `  ${retention}`,
    ...(window ? [`  begins between ${window.from} and ${window.to}`] : []),
    ...(typeof schedule.rateMbit === 'number'
      ? [`  takes at most ${schedule.rateMbit} Mbit/s each way`]
      : []),
    `  next: ${next === null ? 'none' : localTime(next, zone)}`,
  ].join('\n')
}
