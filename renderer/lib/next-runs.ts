import type { FleetServer } from '../../shared/model/fleet.ts'
import { coversSource } from '../../shared/schedule-covers.ts'
import type { Schedule } from '../../shared/model/schedule.ts'

/** How many sources that are there now a schedule backs up. */
export function countCovered(schedule: Schedule, servers: readonly FleetServer[]): number {
  const ofServer = ({ server, sources }: FleetServer) =>
    sources.filter(
      ({ name, kind, onServer }) =>
        onServer && coversSource(schedule, { serverId: server.id, source: name, kind }),
    ).length
  return servers.reduce((sum, each) => sum + ofServer(each), 0)
}
