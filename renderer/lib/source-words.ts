import { unreachable } from '../../shared/errors.ts'
import type { BackupCopy } from '../../shared/model/backup.ts'
import { plural } from '../../shared/format.ts'
import type { SourceKind } from '../../shared/model/backup.ts'
import type { Fleet, SourceStanding, SourceState } from '../../shared/model/fleet.ts'

export type Mark = 'held' | 'run' | 'warn' | 'fail'

/** The shape and colour of a state. */
export function markOf(state: SourceState): Mark {
  switch (state) {
    case 'protected':
      return 'held'
    case 'running':
      return 'run'
    case 'blocked':
    case 'failed':
      return 'fail'
    case 'never':
    case 'partial':
    case 'stale':
    case 'not-verified':
    case 'not-off-server':
    case 'too-small':
      return 'warn'
    default:
      return unreachable(state)
  }
}

/** A state in a word or two, for titles and screen readers. */
export const stateWords = {
  protected: 'Protected',
  running: 'Backing up now',
  blocked: 'Blocked: another host key',
  failed: 'Failed',
  never: 'No backup yet',
  partial: 'Something is missing',
  stale: 'Too old',
  'not-verified': 'Not verified',
  'not-off-server': 'Only on the server itself',
  'too-small': 'Much smaller than before',
} as const satisfies Record<SourceState, string>

/** What is at a place for copies. */
export type PlaceKind = Fleet['storage'][number]['kind']
export type PlaceKinds = ReadonlyMap<string, PlaceKind>

const tags = { s3: 'S3', b2: 'B2', sftp: 'SFTP', local: null } as const satisfies Record<
  PlaceKind,
  string | null
>

/** Copies as their tags show them; a place of which nobody knows what it is has a drawing in place of a tag. */
export function copyMarks(copies: readonly BackupCopy[], kinds: PlaceKinds) {
  return copies.map(({ destination, verified }) => ({
    place: placeName(destination),
    here: destination === 'this-computer',
    tag: tags[kinds.get(destination) ?? 'local'],
    state:
      verified === null || verified.level === 'stored'
        ? ('wait' as const)
        : verified.ok
          ? ('held' as const)
          : ('fail' as const),
  }))
}

/** What people call a destination. */
export function placeName(name: string): string {
  return name === 'this-computer' ? 'This computer' : name
}

const kindWords = {
  account: ['account', 'accounts'],
  site: ['Zotonic site', 'Zotonic sites'],
  tenant: ['tenant database', 'tenant databases'],
  system: ['set of system files', 'sets of system files'],
} as const satisfies Record<SourceKind, readonly [string, string]>

/** `8 accounts`, `2 Zotonic sites`: what most of a server's sources are. */
export function countWords(sources: readonly SourceStanding[]): string {
  const kinds = Object.keys(kindWords) as SourceKind[]
  const counts = kinds.map((kind) => ({
    kind,
    count: sources.filter((source) => source.kind === kind).length,
  }))
  const most = counts.reduce((best, each) => (each.count > best.count ? each : best))
  return plural(most.count, kindWords[most.kind][0], kindWords[most.kind][1])
}

/** `6 accounts`: how many names there are, and of what; `sources` where they are not all of one kind. */
export function countedKind(
  names: readonly string[],
  sources: readonly Pick<SourceStanding, 'name' | 'kind'>[],
): string {
  const kinds = new Set(names.map((name) => sources.find((source) => source.name === name)?.kind))
  const [kind] = kinds
  const [one, many] = kind === undefined || kinds.size > 1 ? ['source', 'sources'] : kindWords[kind]
  return plural(names.length, one, many)
}

/** What stands beside a source's name: its domain, else what it is. */
export function aboutOf({ about, kind, running }: SourceStanding): string {
  if (running !== null) return stateWords.running
  if (about !== null) return about
  return { account: '', site: 'Zotonic site', tenant: 'SQLite', system: '' }[kind]
}
