import { openCron } from './cron-expression.ts'
import type { ScheduleTimes } from './model/schedule.ts'
import { instantInZone, shownInZone } from './wall-clock.ts'

/**
 * When a schedule is due: times on the clock of an IANA zone. Every time that the clock shows is due once: where it
 * shows an hour twice, the first time; where it skips one, what falls into it is due when the skipped time begins.
 */
export interface DueTimes {
  readonly times: ScheduleTimes
  readonly zone: string
}

/** The five fields of cron that say the same. */
export function cronOf(times: ScheduleTimes): string {
  switch (times.every) {
    case 'day':
      return `${minuteAndHour(times.at)} * * *`
    case 'week':
      return `${minuteAndHour(times.at)} * * ${times.on}`
    case 'month':
      return `${minuteAndHour(times.at)} ${times.on === 'last' ? 'L' : times.on} * *`
    case 'cron':
      return times.expression
  }
}

function minuteAndHour(at: string): string {
  return `${Number(at.slice(3))} ${Number(at.slice(0, 2))}`
}

const minute = 60_000
/** More than a zone sets its clock back. */
const longestRepeat = 26 * 60 * minute

/** The first due time after `after`; null where there is none any more. */
export function nextRun({ times, zone }: DueTimes, after: Date): Date | null {
  const cron = openCron(cronOf(times))
  let shown = cron.nextRun(new Date(shownInZone(after, zone).getTime() - minute))
  while (shown !== null) {
    const at = instantInZone(shown, zone)
    if (at > after) return at
    shown = cron.nextRun(shown)
  }
  return null
}

/** The next `count` due times after `after`, earliest first; fewer where there are no more. */
export function nextRuns(due: DueTimes, after: Date, count: number): readonly Date[] {
  const runs: Date[] = []
  for (let at = nextRun(due, after); at !== null && runs.length < count; at = nextRun(due, at)) runs.push(at)
  return runs
}

/** The last due time that is not after `at`; null where there was none. */
export function previousRun({ times, zone }: DueTimes, at: Date): Date | null {
  const cron = openCron(cronOf(times))
  let shown = new Date(shownInZone(at, zone).getTime() + longestRepeat)
  for (;;) {
    const [earlier] = cron.previousRuns(1, shown)
    if (earlier === undefined) return null
    const run = instantInZone(earlier, zone)
    if (run <= at) return run
    shown = earlier
  }
}

/** The due times of a time that has passed. */
export interface DueRange {
  readonly first: Date
  readonly latest: Date
  /** How many; `countLimit` stands for that many or more. */
  readonly count: number
}

/** Due times are counted so far. */
export const countLimit = 1000

/** What was due after `after` and not after `until`; null where nothing was. */
export function dueBetween(due: DueTimes, after: Date, until: Date): DueRange | null {
  const latest = previousRun(due, until)
  const first = nextRun(due, after)
  if (latest === null || first === null || latest <= after) return null
  let count = 1
  for (let at: Date | null = first; at !== null && at < latest && count < countLimit; count += 1) {
    at = nextRun(due, at)
  }
  return { first, latest, count }
}

/** The longest time between two of the next 50 due times, in milliseconds: how old a backup may become. */
export function longestInterval(due: DueTimes, from: Date): number {
  return Math.max(0, ...intervals(due, from))
}

/** The shortest of these times. */
export function shortestInterval(due: DueTimes, from: Date): number {
  return Math.min(Number.POSITIVE_INFINITY, ...intervals(due, from))
}

/** Milliseconds between the next 50 due times. */
function intervals(due: DueTimes, from: Date): readonly number[] {
  const runs = nextRuns(due, from, 50)
  return runs.slice(1).map((run, at) => run.getTime() - (runs[at]?.getTime() ?? 0))
}
