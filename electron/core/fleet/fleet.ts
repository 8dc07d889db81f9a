import type { Backup, SourceKind } from '../../../shared/model/backup.ts'
import type { DestinationProfile } from '../../../shared/model/destination.ts'
import type { Fleet, FleetServer, SourceStanding } from '../../../shared/model/fleet.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { App } from '../app.ts'
import type { DestinationAccess } from '../destinations/access.ts'
import { protectionRules } from './protection-rules.ts'
import { sourceStanding, type SourceFacts } from './source-standing.ts'

type FleetParts = Pick<
  App,
  'profiles' | 'catalog' | 'jobs' | 'looks' | 'destinations' | 'access' | 'ports' | 'schedules'
>

interface FleetOptions {
  readonly days: number
  readonly timeZone: string
}

function group<T>(all: readonly T[], key: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of all) {
    const found = groups.get(key(each))
    if (found === undefined) groups.set(key(each), [each])
    else found.push(each)
  }
  return groups
}

const kinds: readonly SourceKind[] = ['account', 'site', 'tenant', 'system']

/** Keeps the order by name within a kind. */
const byKind = (a: SourceStanding, b: SourceStanding) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind)

/** All backups and backup jobs, by `SERVER/SOURCE`. */
class Records {
  readonly backups: ReadonlyMap<string, readonly Backup[]>
  readonly jobs: ReadonlyMap<string, readonly Job[]>

  constructor({ catalog, jobs }: FleetParts) {
    this.backups = group(catalog.list(), ({ server, source }) => `${server}/${source}`)
    const made = jobs.list().filter(({ kind }) => kind === 'backup')
    this.jobs = group(made, ({ title }) => title)
  }

  sourcesOf(server: string): string[] {
    const prefix = `${server}/`
    return [...this.backups.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
  }
}

function factsOf(server: Server, { looks }: FleetParts, records: Records): SourceFacts[] {
  const found = looks.of(server.id)?.discovery.sources ?? []
  const known = new Map(found.map((source) => [source.name, source]))
  const names = [...new Set([...known.keys(), ...records.sourcesOf(server.name)])].sort()
  return names.map((name) => ({
    name,
    source: known.get(name) ?? null,
    backups: records.backups.get(`${server.name}/${name}`) ?? [],
    jobs: records.jobs.get(`${server.name}/${name}`) ?? [],
  }))
}

function standingOfServer(
  server: Server,
  parts: FleetParts,
  { records, ...options }: FleetOptions & { readonly records: Records; readonly now: Date },
): FleetServer {
  const look = parts.looks.of(server.id)
  const survey = parts.profiles.survey(server.id)
  return {
    ...{ server, survey },
    lookedAt: look?.at ?? null,
    unclaimed: look?.discovery.unclaimed.length ?? 0,
    sources: factsOf(server, parts, records)
      .map((facts) => {
        const { name: source, backups } = facts
        const kind = facts.source?.kind ?? backups[0]?.kind ?? 'account'
        const rules = protectionRules(parts, { server, source, kind, backups, now: options.now })
        return sourceStanding(facts, { ...options, ...rules })
      })
      .sort(byKind),
  }
}

async function storage({ destinations, access, catalog }: FleetParts): Promise<Fleet['storage']> {
  const copies = group(
    catalog.list().flatMap((backup) => backup.copies),
    ({ destination }) => destination,
  )
  const broken = new Map(
    catalog.unreadable().flatMap(({ destination, key, why }) => (key === null ? [[destination, why]] : [])),
  )
  return Promise.all(
    destinations.list().map(async (profile) => ({
      ...{ name: profile.name, kind: profile.kind },
      usedBytes: (copies.get(profile.name) ?? []).reduce((total, { size }) => total + size, 0),
      freeBytes: profile.kind === 'local' ? await freeBytes(profile, access) : null,
      unreadable: broken.get(profile.name) ?? null,
    })),
  )
}

async function freeBytes(profile: DestinationProfile, access: DestinationAccess): Promise<number | null> {
  const { signal } = new AbortController()
  try {
    await using open = await access.openBare(profile, { signal })
    return await open.free({ signal })
  } catch {
    return null
  }
}

/** What is known here of all servers; nobody is asked over the network. */
export async function fleet(parts: FleetParts, options: FleetOptions): Promise<Fleet> {
  const now = parts.ports.clock.now()
  const records = new Records(parts)
  return {
    at: now.toISOString(),
    servers: parts.profiles
      .list()
      .map((server) => standingOfServer(server, parts, { ...options, records, now })),
    storage: await storage(parts),
  }
}
