import type { Cron } from 'croner'
import { openCron } from './cron-expression.ts'
import type { ScheduleTimes } from './model/schedule.ts'

/** When a schedule is due: local times and the IANA zone that they are in. */
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

function open({ times, zone }: DueTimes): Cron {
  return openCron(cronOf(times), zone)
}

/** The first due time after `after`; null where there is none any more. */
export function nextRun(due: DueTimes, after: Date): Date | null {
  return open(due).nextRun(after)
}

/** The next `count` due times after `after`, earliest first. */
export function nextRuns(due: DueTimes, after: Date, count: number): readonly Date[] {
  return open(due).nextRuns(count, after)
}

/** The last due time that is not after `at`; null where there was none. */
export function previousRun(due: DueTimes, at: Date): Date | null {
  return open(due).previousRuns(1, new Date(at.getTime() + 1))[0] ?? null
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
