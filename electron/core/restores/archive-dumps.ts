import type { DatabaseEngine } from '../../../shared/model/source.ts'
import type { ListedEntry } from '../archive/index-cache.ts'
import type { ArchiveReader } from '../archive/reader.ts'
import { decodedName } from './archive-databases.ts'

const endings: Readonly<Record<DatabaseEngine, string>> = { mysql: '.sql', postgresql: '.dump' }

/** A dump in an archive. */
export interface ArchiveDump {
  readonly database: string
  readonly entry: ListedEntry
}

/** The dumps of one kind of server in an archive, by their databases' true names. */
export function archiveDumps(reader: ArchiveReader, engine: DatabaseEngine): ArchiveDump[] {
  const ending = endings[engine]
  return reader.list(Buffer.from(`databases/${engine}`)).flatMap((entry) => {
    const file = entry.path.toString('latin1').split('/').at(-1) ?? ''
    if (entry.type !== 'file' || !file.endsWith(ending) || file.startsWith('_')) return []
    return [{ database: decodedName(file.slice(0, -ending.length)), entry }]
  })
}

/** A dump that was asked for, whole or one table of it. */
export interface WantedDump extends ArchiveDump {
  readonly table: string | null
}

/**
 * What of the dumps was asked for: `databases/ENGINE/DB.sql` or `.dump`, `databases/ENGINE/DB/TABLE`, or a folder above. A database
 * that is asked for whole is not asked for by its tables.
 */
export function wantedDumps(dumps: readonly ArchiveDump[], items: readonly Buffer[] | null): WantedDump[] {
  if (items === null) return dumps.map((dump) => ({ ...dump, table: null }))
  return dumps.flatMap((dump): WantedDump[] => {
    const path = dump.entry.path.toString('latin1')
    const asked = items.map((item) => item.toString('latin1'))
    if (asked.some((item) => item === path || path.startsWith(`${item}/`))) return [{ ...dump, table: null }]
    const folder = `${path.replace(/\.(sql|dump)$/, '')}/`
    return asked.flatMap((item) => {
      if (!item.startsWith(folder)) return []
      return [{ ...dump, table: Buffer.from(item.slice(folder.length), 'latin1').toString('utf8') }]
    })
  })
}
