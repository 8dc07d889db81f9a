import { plural } from '../../shared/format.ts'
import type { FleetServer } from '../../shared/model/fleet.ts'
import type { ScheduleSource, ScheduleTimes, Weekday } from '../../shared/model/schedule.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'
import type { PruneStep } from '../../shared/model/prune.ts'
import { isPaused } from '../../shared/pause.ts'
import type { ScheduleRow } from '../../shared/schedule-contract.ts'
import { dayOf, shortDayOf, timeOf } from './dates.ts'
import { countedKind } from './source-words.ts'
import type { StatusState } from './ui/status/status-state.ts'

type Now = { readonly now: number }

export const weekdayWords = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} as const satisfies Record<Weekday, string>

/** `Every day at 02:00`. */
export function timesWords(times: ScheduleTimes): string {
  switch (times.every) {
    case 'day':
      return `Every day at ${times.at}`
    case 'week':
      return `Every ${weekdayWords[times.on]} at ${times.at}`
    case 'month':
      return times.on === 'last'
        ? `On the last day of each month at ${times.at}`
        : `On day ${times.on} of each month at ${times.at}`
    case 'cron':
      return `When ${times.expression} is due`
  }
}

/** `today 15:00`, `tomorrow 02:00`, `Sun 12 Apr 04:00`, on this computer's clock. */
export function whenWords(at: string, { now }: Now): string {
  const tomorrow = new Date(now)
  tomorrow.setDate(tomorrow.getDate() + 1)
  const day = dayOf(at, { now })
  if (day === 'Today') return `today ${timeOf(at)}`
  const isTomorrow = new Date(at).toDateString() === tomorrow.toDateString()
  return `${isTomorrow ? 'tomorrow' : day} ${timeOf(at)}`
}

/** `6 accounts on harbor-1`, `every account of harbor-1, also new ones`. */
export function sourcesWords(sources: readonly ScheduleSource[], servers: readonly FleetServer[]): string {
  const standingOf = (id: string) => servers.find(({ server }) => server.id === id)
  const nameOf = (id: string) => standingOf(id)?.server.name ?? 'a server that is gone'
  const groups = Map.groupBy(sources, ({ serverId }) => serverId)
  return [...groups]
    .map(([id, picks]) => {
      if (picks.some(({ pick }) => pick === 'server')) return `everything on ${nameOf(id)}`
      if (picks.some(({ pick }) => pick === 'accounts')) return `every account of ${nameOf(id)}`
      const names = picks.flatMap((each) => (each.pick === 'source' ? [each.source] : []))
      return names.length === 1
        ? `${names[0] ?? ''} on ${nameOf(id)}`
        : `${countedKind(names, standingOf(id)?.sources ?? [])} on ${nameOf(id)}`
    })
    .join(', ')
}

/** Sources that a schedule names and its server does not have any more, as the last look and the last run knew. */
export function vanishedOf(
  sources: readonly ScheduleSource[],
  servers: readonly FleetServer[],
  runs: readonly ScheduleRun[],
): readonly string[] {
  const named = sources.flatMap((each) => {
    const standing = servers.find(({ server }) => server.id === each.serverId)
    if (standing === undefined || standing.lookedAt === null || each.pick !== 'source') return []
    const found = standing.sources.find(({ name }) => name === each.source)
    return found?.onServer === true ? [] : [`${standing.server.name}/${each.source}`]
  })
  const looked = runs.find((run) => run.sources.length > 0)?.vanished ?? []
  return [...new Set([...named, ...looked])]
}

/** Servers of a schedule that are not here any more. */
export function lostServers(sources: readonly ScheduleSource[], servers: readonly FleetServer[]): number {
  const known = new Set(servers.map(({ server }) => server.id))
  return new Set(sources.map(({ serverId }) => serverId).filter((id) => !known.has(id))).size
}

const stateWords = {
  waiting: 'Waits',
  running: 'Running',
  done: 'Done',
  partial: 'Finished with warnings',
  failed: 'Failed',
  missed: 'Missed',
  skipped: 'Paused',
} as const satisfies Record<ScheduleRun['state'], string>

const marks = {
  waiting: 'idle',
  running: 'run',
  done: 'held',
  partial: 'warn',
  failed: 'fail',
  missed: 'warn',
  skipped: 'idle',
} as const satisfies Record<ScheduleRun['state'], StatusState>

/** What became of a due time, as a mark and words. */
export function runWords(run: ScheduleRun): { readonly mark: StatusState; readonly words: string } {
  const late = run.late && run.state === 'done' ? ', late' : ''
  const count = run.count > 1 ? `, for ${plural(run.count, 'due time')}` : ''
  const good = run.madeGoodAt === null ? '' : ', made good since'
  return {
    mark: run.madeGoodAt === null ? marks[run.state] : 'idle',
    words: `${stateWords[run.state]}${late}${count}${good}`,
  }
}

/** Why a run did not go well, as sentences of the product; empty where there is none. */
export function runTroubles(run: ScheduleRun): readonly string[] {
  const own = run.sources.flatMap(({ source, error }) =>
    error === null ? [] : [source === '*' ? error.message : `${source}: ${error.message}`],
  )
  if (own.length > 0) return own
  return run.error === null ? [] : [run.error.message]
}

/** How a schedule stands, in a line. */
export function standingWords(
  row: ScheduleRow,
  { now }: Now,
): { readonly mark: StatusState; readonly words: string } {
  const { schedule, open, attention, next } = row
  if (isPaused(schedule.paused, new Date(now))) {
    const until = schedule.paused?.until ?? null
    const since = schedule.paused?.since ?? ''
    return {
      mark: 'idle',
      words:
        until === null
          ? `Paused since ${shortDayOf(since, { now })}`
          : `Paused until ${whenWords(until, { now })}`,
    }
  }
  if (open?.state === 'running') return { mark: 'run', words: 'Running' }
  if (open !== null) return { mark: 'idle', words: open.attempts > 0 ? 'Tries again' : 'Waits to begin' }
  const [worst] = attention
  if (worst !== undefined) {
    const { mark, words } = runWords(worst)
    return { mark, words: `${words} ${whenWords(worst.dueAt, { now })}` }
  }
  return { mark: 'held', words: next === null ? 'Never due' : `Next: ${whenWords(next, { now })}` }
}

/** What happens to one copy, in words. */
export function pruneWords({ step, until, reasons }: PruneStep, { now }: Now): string {
  switch (step) {
    case 'keep':
      return `Stays: ${reasons.map(reasonWords).join(', ')}`
    case 'take-back':
      return `Stays after all: ${reasons.map(reasonWords).join(', ')}`
    case 'announce':
      return 'Goes in seven days'
    case 'wait':
      return `Goes ${until === null ? 'soon' : shortDayOf(until, { now })}`
    case 'remove':
      return 'Goes now'
  }
}

const reasons: Readonly<Record<string, string>> = {
  last: 'one of the last',
  daily: 'one of a day',
  weekly: 'one of a week',
  monthly: 'one of a month',
  yearly: 'one of a year',
  within: 'recent enough',
  'newest-good': 'the newest good one',
  held: 'pinned or made by hand',
  'no-good-one': 'there is no good one',
}
const reasonWords = (reason: string): string => reasons[reason] ?? reason.replaceAll('-', ' ')
