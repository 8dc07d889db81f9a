import type { Backup } from './model/backup.ts'
import type { DayMark } from './model/fleet.ts'
import type { Job } from './model/job.ts'

const day = 86_400_000

/** Best first: of several backups of a day, the one that says most counts. */
const order: readonly DayMark[] = ['full', 'warnings', 'unverified', 'scope', 'failed', 'none']

/** True where one copy at least was read back whole. */
export function isVerified({ copies }: Backup): boolean {
  return copies.some(({ verified }) => verified?.ok === true && verified.level !== 'stored')
}

function markOf(backup: Backup): DayMark {
  if (backup.result === 'partial') return 'warnings'
  if (!isVerified(backup)) return 'unverified'
  return backup.scope === 'full' ? 'full' : 'scope'
}

/** Names days, like `2026-04-08`, in one time zone. */
export function dayNames(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
  })
  return (at) => format.format(at)
}

/** What each of the last `days` days holds, oldest first, today last; days begin at midnight in `timeZone`. */
export function dayMarks(
  { backups, jobs }: { readonly backups: readonly Backup[]; readonly jobs: readonly Job[] },
  { now, days, timeZone }: { readonly now: Date; readonly days: number; readonly timeZone: string },
): DayMark[] {
  const nameOf = dayNames(timeZone)
  const since = now.getTime() - (days + 1) * day
  const marks = new Map<string, DayMark>()
  const note = (at: string, mark: DayMark) => {
    const when = new Date(at)
    if (when.getTime() < since) return
    const name = nameOf(when)
    const before = marks.get(name) ?? 'none'
    if (order.indexOf(mark) < order.indexOf(before)) marks.set(name, mark)
  }
  for (const backup of backups) note(backup.startedAt, markOf(backup))
  for (const { state, createdAt } of jobs) if (state === 'failed') note(createdAt, 'failed')
  const today = nameOf(now)
  if (jobs.some(({ state }) => state === 'running')) marks.set(today, 'running')
  return lastDays(today, days).map((name) => marks.get(name) ?? 'none')
}

/** Names of the `count` days that end with `last`, oldest first. */
export function lastDays(last: string, count: number): string[] {
  const end = Date.parse(`${last}T00:00:00Z`)
  return Array.from({ length: count }, (_, at) =>
    new Date(end - (count - 1 - at) * day).toISOString().slice(0, 10),
  )
}
