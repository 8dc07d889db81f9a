import { Cron } from 'croner'

/** Opens the five fields of a cron expression, on a clock without time zones (UTC); throws where it is none. */
export function openCron(expression: string): Cron {
  return new Cron(expression, { mode: '5-part', timezone: 'UTC' })
}

/** The shortest time between two due times that a schedule may have. */
const shortest = 15 * 60_000

/** Why an expression cannot be used, as a sentence; null where it can. */
export function complaintAboutCron(expression: string): string | null {
  let runs: readonly Date[]
  try {
    runs = openCron(expression).nextRuns(200, new Date('2024-01-01T00:00:00Z'))
  } catch {
    return 'That is no cron expression. It has five fields: minute, hour, day, month, weekday, like 30 2 * * 1-5.'
  }
  if (runs.length === 0) return 'This cron expression is never due.'
  const often = runs.some((run, at) => run.getTime() - (runs[at - 1]?.getTime() ?? 0) < shortest)
  if (often) return 'This is due more often than every 15 minutes, which no backup keeps up with.'
  return null
}
