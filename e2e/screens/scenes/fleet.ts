import type { BackupCopy } from '../../../shared/model/backup.ts'
import type { Fleet, FleetServer, SourceStanding } from '../../../shared/model/fleet.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { destinationAnswers } from './destinations.ts'
import { cedarlaw, cedarlawLog, museumNoord, today } from './jobs.ts'
import { scheduleAnswers } from './schedules.ts'

const placesOf: Readonly<Record<string, readonly string[]>> = {
  cedarlaw: ['this-computer', 'Backblaze-B2', 'Amazon-S3'],
  dunefilm: ['Amazon-S3'],
  'museum-noord': ['this-computer', 'Amazon-S3'],
  kunsthal: ['this-computer', 'Amazon-S3'],
}
/** Where copies of most sources lie. */
const usual = ['this-computer', 'Backblaze-B2']

/** The same copy at each of some places, as they lie there. */
export function copiesAt(places: readonly string[], [copy]: readonly BackupCopy[]): BackupCopy[] {
  if (copy === undefined) return []
  return places.map((destination) => ({
    ...copy,
    destination,
    path: destination === 'this-computer' ? `/home/mara/Holdfast/${copy.name}` : null,
  }))
}

function dressed(source: SourceStanding): SourceStanding {
  const newest = source.newest
  return {
    ...source,
    running: source.name === 'cedarlaw' ? { job: cedarlaw.id, scope: 'full' } : source.running,
    newest:
      newest === null ? null : { ...newest, copies: copiesAt(placesOf[source.name] ?? usual, newest.copies) },
  }
}

const backwards = (at: SourceStanding[]): SourceStanding[] => [...at].reverse()

const storage: Fleet['storage'] = [
  { ...{ name: 'this-computer', kind: 'local' }, usedBytes: 212e9, freeBytes: 318e9, unreadable: null },
  { ...{ name: 'Amazon-S3', kind: 's3' }, usedBytes: 96e9, freeBytes: null, unreadable: null },
  { ...{ name: 'Backblaze-B2', kind: 'b2' }, usedBytes: 388e9, freeBytes: null, unreadable: null },
  {
    ...{ name: 'nas.mara.example', kind: 'sftp', usedBytes: 141e9, freeBytes: null },
    unreadable: 'Unreachable since Mon 6 Apr.',
  },
]

/** Changes what is shown of the servers. */
export type Dressing = (servers: readonly FleetServer[]) => readonly FleetServer[]

/** The invented fleet with copies in several places and two jobs under way; more by `dress`. */
export function fleetAnswers(dress: Dressing = (servers) => servers): Answers {
  return {
    ...{ ...destinationAnswers, ...scheduleAnswers },
    'fleet.show': async (_, real) => {
      const fleet = await real()
      const servers = fleet.servers.map((each) => ({
        ...each,
        lookedAt: today('14:20'),
        sources: (each.server.name === 'fjord' ? backwards(each.sources) : each.sources).map(dressed),
      }))
      return { ...fleet, storage, servers: [...dress(servers)] }
    },
    'jobs.list': () => ({ jobs: [cedarlaw, museumNoord] }),
    'jobs.show': () => ({ job: cedarlaw, log: [...cedarlawLog] }),
  }
}

/** The accounts of harbor-1 alone: what else a server has gets tabs of its own. */
export const accountsOnly: Dressing = (servers) =>
  servers.map((each) =>
    each.server.name === 'harbor-1'
      ? { ...each, sources: each.sources.filter(({ kind }) => kind === 'account') }
      : each,
  )
