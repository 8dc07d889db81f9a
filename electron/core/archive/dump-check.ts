import type { EntryMeta } from './archive-writer.ts'
import type { WalkedEntry } from './entry-walk.ts'

/** What a path says about a dump, or null where it is none. */
export function dumpKind({ path, type }: EntryMeta): 'mysql' | 'postgresql' | null {
  if (type !== 'file') return null
  const text = path.toString('latin1')
  if (/^databases\/mysql\/(?!_)[^/]+\.sql$/.test(text)) return 'mysql'
  return /^databases\/postgresql\/(?!_)[^/]+\.dump$/.test(text) ? 'postgresql' : null
}

/**
 * Whether a dump begins and ends as the tool that makes it leaves a whole one. Returns what is wrong as the end of
 * a sentence, or null. The entry's edges must have been kept.
 */
export function dumpFault(
  kind: 'mysql' | 'postgresql',
  { head, tail }: Pick<WalkedEntry, 'head' | 'tail'>,
): string | null {
  return kind === 'mysql' ? mysqlFault(tail) : postgresqlFault(head)
}

/** The trailer that mysqldump and mariadb-dump write when they have come to their end. */
function mysqlFault(tail: Buffer): string | null {
  const last = tail.toString('latin1').trimEnd().split('\n').at(-1) ?? ''
  return last.startsWith('-- Dump completed') ? null : 'does not end with "-- Dump completed"'
}

/**
 * The header of pg_dump's custom format (PostgreSQL source, pg_backup_archiver.c, ReadHead): magic, version, sizes
 * of integers and offsets, format 1. Versions before 1.10 are older than PostgreSQL 8.
 */
function postgresqlFault(head: Buffer): string | null {
  if (head.toString('latin1', 0, 5) !== 'PGDMP') return 'does not begin as a dump of pg_dump does'
  const [major = 0, minor = 0, , intSize = 0, offsetSize = 0, format = 0] = head.subarray(5)
  if (major !== 1 || minor < 10) return 'has a version that pg_dump never wrote'
  if (format !== 1) return 'is not in the custom format'
  if (intSize !== 4 || (offsetSize !== 8 && offsetSize !== 4)) return 'has a header that makes no sense'
  return hasTime(head.subarray(11), minor) ? null : 'has a header that makes no sense'
}

/** Compression (one byte from 1.15 on, an integer before), then second to year as integers of a sign and 4 bytes. */
function hasTime(rest: Buffer, minor: number): boolean {
  const start = minor >= 15 ? 1 : 5
  const limits = [60, 59, 23, 31, 11, 1000] as const
  return limits.every((limit, at) => {
    const from = start + at * 5
    return rest.length >= from + 5 && rest[from] === 0 && rest.readUInt32LE(from + 1) <= limit
  })
}
