import type { Fleet, FleetServer } from '../../shared/model/fleet.ts'
import { coversSource, type Pickable } from '../../shared/schedule-covers.ts'
import type { Schedule } from '../../shared/model/schedule.ts'
import { shortDayOf, timeOf } from './dates.ts'

/** A schedule and the instant of its next run. */
interface Upcoming {
  readonly schedule: Schedule
  readonly next: string
}

const day = 24 * 60 * 60_000
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })

/** When a source is backed up next by itself; null where no schedule does it. `upcoming`: soonest first. */
export function nextRunOf(source: Pickable, upcoming: readonly Upcoming[]): string | null {
  return upcoming.find(({ schedule }) => coversSource(schedule, source))?.next ?? null
}

/** `02:00` within a day, `Sun` within a week, else `12 Apr`; `now` in milliseconds. */
export function shortWhen(at: string, { now }: { readonly now: number }): string {
  const left = Date.parse(at) - now
  if (left < day) return timeOf(at)
  return left < 6 * day ? weekday.format(new Date(at)) : shortDayOf(at, { now })
}

/** How many sources that are there now a schedule backs up. */
export function countCovered(schedule: Schedule, servers: Fleet['servers']): number {
  const ofServer = ({ server, sources }: FleetServer) =>
    sources.filter(
      ({ name, kind, onServer }) =>
        onServer && coversSource(schedule, { serverId: server.id, source: name, kind }),
    ).length
  return servers.reduce((sum, each) => sum + ofServer(each), 0)
}
