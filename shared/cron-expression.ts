import { Cron } from 'croner'

/**
 * Opens the five fields of a cron expression on the clock of an IANA zone; throws where it is none. An expression
 * whose minutes and hours have no `*` and no step means fixed times: one that falls into what a zone skips is due
 * when the skipped time begins, one that comes twice is due once. Any other is an interval: it is due by the clock as
 * it runs. (Croner's documentation, `fixedTimeRule`.)
 */
export function openCron(expression: string, zone: string): Cron {
  return new Cron(expression, { mode: '5-part', fixedTimeRule: 'no-wildcard', timezone: zone })
}

/** The shortest time between two due times that a schedule may have. */
const shortest = 15 * 60_000

/** Why an expression cannot be used, as a sentence; null where it can. */
export function complaintAboutCron(expression: string): string | null {
  let runs: readonly Date[]
  try {
    runs = openCron(expression, 'UTC').nextRuns(200, new Date('2024-01-01T00:00:00Z'))
  } catch {
    return 'That is no cron expression. It has five fields: minute, hour, day, month, weekday, like 30 2 * * 1-5.'
  }
  if (runs.length === 0) return 'This cron expression is never due.'
  const often = runs.some((run, at) => run.getTime() - (runs[at - 1]?.getTime() ?? 0) < shortest)
  if (often) return 'This is due more often than every 15 minutes, which no backup keeps up with.'
  return null
}
