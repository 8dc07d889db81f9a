import type { Backup } from '../../../shared/model/backup.ts'
import type { BackupRequest } from '../../../shared/model/job.ts'
import type { Source } from '../../../shared/model/source.ts'
import { Selection } from '../collectors/selection.ts'
import type { Catalog } from './catalog.ts'

/** The last backup of the same source and scope. */
export function lastLike(
  catalog: Catalog,
  { server, source, scope }: Pick<BackupRequest, 'server' | 'source' | 'scope'>,
): Backup | null {
  const like = (each: Backup) =>
    each.server === server && each.source === source && each.scope === scope && each.only.length === 0
  return catalog.list().find(like) ?? null
}

/** Bytes and items of the sources that a backup held; null where there is none. */
export function countsOf(last: Backup | null): { bytes: number | null; items: number | null } {
  const sum = (pick: (each: Backup['components'][number]) => number) =>
    last ? last.components.reduce((total, each) => total + pick(each), 0) : null
  return { bytes: sum(({ bytes }) => bytes), items: sum(({ items }) => items) }
}

/** What a backup will take on disks of this computer and at each destination, in bytes. */
export interface Expectation {
  /** Null where nobody knows. */
  readonly archive: number | null
  /** The largest dump, compressed as the last archive was: dumps wait on this computer one at a time. */
  readonly largestDump: number
}

/**
 * The last archive and a fifth, else the sizes of the source where all of them were counted. Nobody knows what some
 * paths of it come to.
 */
export function expectationOf(
  source: Source,
  { scope, only }: Pick<BackupRequest, 'scope' | 'only'>,
  last: Backup | null,
): Expectation {
  const selection = new Selection(only)
  const inScope = scope === 'full' || scope === 'databases' ? source.databases : []
  const databases = inScope.filter((database) => selection.touchesDatabase(database))
  const files = scope === 'databases' ? 0 : scope === 'email' ? null : source.homeBytes
  const stored = last?.copies[0]?.size
  const read = countsOf(last).bytes
  const shrinks = stored === undefined || !read ? 1 : Math.min(1, stored / read)
  const dumps = databases.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    archive:
      only.length > 0
        ? null
        : stored === undefined
          ? files === null
            ? null
            : files + dumps
          : Math.ceil(stored * 1.2),
    largestDump: Math.ceil(Math.max(0, ...databases.map(({ bytes }) => bytes)) * shrinks),
  }
}
