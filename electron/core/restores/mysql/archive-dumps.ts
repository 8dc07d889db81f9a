import { finished } from 'node:stream/promises'
import type { ArchiveReader } from '../../archive/reader.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { TableRanges } from '../../collectors/mysql/table-ranges.ts'
import { decodedName } from '../archive-databases.ts'

/** A dump in an archive. */
export interface ArchiveDump {
  readonly database: string
  readonly entry: ListedEntry
}

/** The dumps of MySQL and MariaDB in an archive, by their databases' true names. */
export function archiveDumps(reader: ArchiveReader): ArchiveDump[] {
  return reader.list(Buffer.from('databases/mysql')).flatMap((entry) => {
    const file = entry.path.toString('latin1').split('/').at(-1) ?? ''
    if (entry.type !== 'file' || !file.endsWith('.sql') || file.startsWith('_')) return []
    return [{ database: decodedName(file.slice(0, -'.sql'.length)), entry }]
  })
}

/** A dump that was asked for, whole or one table of it. */
export interface WantedDump extends ArchiveDump {
  readonly table: string | null
}

/**
 * What of the dumps was asked for: `databases/mysql/DB.sql`, `databases/mysql/DB/TABLE`, or a folder above. A database
 * that is asked for whole is not asked for by its tables.
 */
export function wantedDumps(dumps: readonly ArchiveDump[], items: readonly Buffer[] | null): WantedDump[] {
  if (items === null) return dumps.map((dump) => ({ ...dump, table: null }))
  return dumps.flatMap((dump): WantedDump[] => {
    const path = dump.entry.path.toString('latin1')
    const asked = items.map((item) => item.toString('latin1'))
    if (asked.some((item) => item === path || path.startsWith(`${item}/`))) return [{ ...dump, table: null }]
    const folder = `${path.slice(0, -'.sql'.length)}/`
    return asked.flatMap((item) => {
      if (!item.startsWith(folder)) return []
      return [{ ...dump, table: Buffer.from(item.slice(folder.length), 'latin1').toString('utf8') }]
    })
  })
}

/** The tables of a dump: from the index, else by reading the dump once. */
export async function tablesOf(
  { entry }: ArchiveDump,
  reader: ArchiveReader,
  { signal }: { readonly signal: AbortSignal },
): Promise<string[]> {
  const parts = reader.parts(entry).filter(({ kind }) => kind === 'table')
  if (parts.length > 0 || reader.origin === 'stored') return parts.map(({ name }) => name)
  const ranges = new TableRanges()
  reader
    .content(entry, { signal })
    .on('error', (error) => ranges.destroy(error))
    .pipe(ranges)
  ranges.resume()
  await finished(ranges)
  return ranges.ranges.map(({ name }) => name)
}
