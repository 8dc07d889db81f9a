import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { AppError } from '../../../shared/errors.ts'
import type { EntryMeta } from './archive-writer.ts'
import { cacheVersion } from './index-cache-schema.ts'
import { plainPath, splitPath, sqlName, type CacheFacts } from './index-cache-writer.ts'
import type { EntryPart, IndexEntry, Segment } from './index-decode.ts'

/** An entry as the reader hands it out. `implied`: a folder that only the paths below it tell of. */
export interface ListedEntry extends IndexEntry {
  readonly implied: boolean
}

/** Entries that matched, and whether there are more. */
export interface FoundEntries {
  readonly entries: readonly ListedEntry[]
  readonly more: boolean
}

const columns =
  'e.a, e.name, e.raw, e.type, e.size, e.mode, e.uid, e.gid, e.d, e.c, e.h, e.link, f.path AS folder'
const queries = {
  facts: "SELECT value FROM meta WHERE key = 'facts'",
  version: "SELECT value FROM meta WHERE key = 'version'",
  folder: 'SELECT id FROM folder WHERE path = ?',
  entry: `SELECT ${columns} FROM folder f JOIN entry e ON e.folder = f.id WHERE f.path = ? AND e.name = ?`,
  children: `SELECT ${columns} FROM folder f JOIN entry e ON e.folder = f.id
             WHERE f.path = ? AND e.name <> '' ORDER BY e.name`,
  implied: `SELECT c.path FROM folder f JOIN folder c ON c.parent = f.id
            WHERE f.path = ? AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.folder = f.id AND e.name = c.name)`,
  byName: `SELECT ${columns} FROM entry e JOIN folder f ON f.id = e.folder
           WHERE e.name LIKE ? ESCAPE '\\' LIMIT ?`,
  byPath: `SELECT ${columns} FROM entry e JOIN folder f ON f.id = e.folder
           WHERE (CASE WHEN f.path = '' THEN e.name ELSE f.path || '/' || e.name END) LIKE ? ESCAPE '\\' LIMIT ?`,
  all: `SELECT ${columns} FROM entry e JOIN folder f ON f.id = e.folder ORDER BY e.a`,
  next: 'SELECT min(a) AS a FROM entry WHERE a > ?',
  segments: `SELECT kind, offset, length, t, tl, crc, sha FROM segment
             WHERE t >= (SELECT coalesce(max(t), 0) FROM segment WHERE t <= ?) AND t < ? ORDER BY n`,
  warnings: 'SELECT path FROM warning WHERE code = ?',
  parts: 'SELECT kind, entry, name, first, last FROM part WHERE entry = ? ORDER BY first',
} as const

/** Entries that are kept in memory, of some 600 bytes each. */
const keptEntries = 50_000

/**
 * What an index says, opened from its cache: a folder, an entry or the segments of a range at once, whatever the
 * size of the archive. Paths are bytes; empty and `.` segments in them say nothing. Of several entries with one
 * path only the last is here.
 */
export class IndexCache implements Disposable {
  readonly facts: CacheFacts
  #entries: readonly ListedEntry[] | null = null
  readonly #database: DatabaseSync
  readonly #statements = new Map<keyof typeof queries, StatementSync>()

  private constructor(database: DatabaseSync, facts: CacheFacts) {
    this.#database = database
    this.facts = facts
  }

  /** Opens a cache file, or null where it is of another version or damaged and has to be built again. */
  static open(path: string): IndexCache | null {
    let database: DatabaseSync | null = null
    try {
      database = new DatabaseSync(path, { readOnly: true })
      const version = database.prepare(queries.version).get()?.['value']
      const facts = database.prepare(queries.facts).get()?.['value']
      if (version === String(cacheVersion) && typeof facts === 'string') {
        return new IndexCache(database, JSON.parse(facts) as CacheFacts)
      }
    } catch {
      database?.close()
      return null
    }
    database.close()
    return null
  }

  /** Null where the archive has no such path. The empty path is the archive's own, implied folder. */
  stat(path: Buffer): ListedEntry | null {
    const plain = plainPath(path)
    const { folder, name } = splitPath(plain)
    const row = this.#get('entry').get(sqlName(folder), sqlName(name))
    if (row !== undefined && name.length > 0) return listed(row)
    return this.#get('folder').get(sqlName(plain)) === undefined ? null : implied(plain)
  }

  /** What lies directly in a folder, by name; empty where it is no folder. */
  list(path: Buffer): ListedEntry[] {
    const folder = sqlName(plainPath(path))
    const own = this.#get('children').all(folder).map(listed)
    const others = this.#get('implied').all(folder)
    if (others.length === 0) return own
    return [...own, ...others.map((row) => implied(bytes(row['path'])))].sort((a, b) =>
      Buffer.compare(a.path, b.path),
    )
  }

  /**
   * Entries whose name holds the pattern, or whose whole path does where the pattern has a slash. `*` and `?`
   * stand for any characters, and then the whole name or path must match. ASCII letters match in either case.
   * Names that are not UTF-8 are found by the part of them that is.
   */
  find(pattern: string, { limit }: { readonly limit: number }): FoundEntries {
    const query = this.#get(pattern.includes('/') ? 'byPath' : 'byName')
    const rows = query.all(likePattern(pattern), limit + 1)
    return { entries: rows.slice(0, limit).map(listed), more: rows.length > limit }
  }

  /** Every entry in the order of the archive. Those of an archive of an everyday size are read once. */
  *entries(): Generator<ListedEntry, void, undefined> {
    if (this.#entries !== null) {
      yield* this.#entries
      return
    }
    const kept: ListedEntry[] | null = this.facts.end.entries <= keptEntries ? [] : null
    for (const row of this.#get('all').iterate()) {
      const entry = listed(row)
      kept?.push(entry)
      yield entry
    }
    this.#entries = kept
  }

  /** Tar offset at which an entry ends at the latest. */
  endOf(entry: IndexEntry): number {
    const next = this.#get('next').get(entry.offset)?.['a']
    return typeof next === 'number' ? next : this.facts.tarLength
  }

  /** The segments that hold these bytes of tar, in order. */
  segments(range: { readonly start: number; readonly end: number }): Segment[] {
    return this.#get('segments').all(range.start, range.end).map(segment)
  }

  /** The parts of an entry that the index knows, such as the tables of a dump. */
  parts(entry: IndexEntry): EntryPart[] {
    return this.#get('parts')
      .all(entry.offset)
      .map((row) => ({
        kind: String(row['kind']),
        entry: Number(row['entry']),
        name: String(row['name']),
        from: Number(row['first']),
        to: Number(row['last']),
      }))
  }

  /** Paths that the index warns of with this code, as `RemoteName`s. */
  warnings(code: string): string[] {
    return this.#get('warnings')
      .all(code)
      .map((row) => String(row['path']))
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #get(name: keyof typeof queries): StatementSync {
    const known = this.#statements.get(name)
    if (known !== undefined) return known
    const statement = this.#database.prepare(queries[name])
    this.#statements.set(name, statement)
    return statement
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>

function listed(row: Row): ListedEntry {
  const folder = bytes(row['folder'])
  const name = bytes(row['name'])
  return {
    path: row['raw'] === null ? joined(folder, name) : bytes(row['raw']),
    type: row['type'] as EntryMeta['type'],
    size: Number(row['size']),
    mode: Number(row['mode']),
    uid: Number(row['uid']),
    gid: Number(row['gid']),
    mtime: BigInt(String(row['d'])),
    ctime: row['c'] === null ? null : BigInt(String(row['c'])),
    sha256: row['h'] === null ? null : bytes(row['h']),
    offset: Number(row['a']),
    linkTarget: row['link'] === null ? null : bytes(row['link']),
    implied: false,
  }
}

function implied(path: Buffer): ListedEntry {
  return {
    path,
    type: 'directory',
    size: 0,
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtime: 0n,
    ctime: null,
    sha256: null,
    offset: -1,
    linkTarget: null,
    implied: true,
  }
}

function segment(row: Row): Segment {
  return {
    kind: row['kind'] === 'm' ? 'm' : 's',
    offset: Number(row['offset']),
    length: Number(row['length']),
    tarOffset: Number(row['t']),
    tarLength: Number(row['tl']),
    crc32: Number(row['crc']),
    sha256: bytes(row['sha']),
  }
}

function joined(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 ? name : Buffer.concat([folder, Buffer.from('/'), name])
}

function bytes(value: SQLOutputValue | undefined): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  throw new AppError('internal', 'A cache of an index holds a value of a wrong type; delete the cache.')
}

function likePattern(pattern: string): SQLInputValue {
  const wild = /[*?]/.test(pattern)
  const escaped = pattern.replace(/[\\%_]/g, '\\$&')
  return wild ? escaped.replaceAll('*', '%').replaceAll('?', '_') : `%${escaped}%`
}
