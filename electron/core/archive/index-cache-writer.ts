import { isUtf8 } from 'node:buffer'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { AppError } from '../../../shared/errors.ts'
import { cacheVersion, indexTables, tables } from './index-cache-schema.ts'
import type { EntryPart, IndexEntry, IndexEnd, Segment } from './index-decode.ts'

/** What a cache must agree on before it stands for an index. */
export interface CacheFacts {
  /** The backup's id, or null for an archive that is not ours. */
  readonly id: string | null
  readonly end: IndexEnd
  /** Bytes of tar, the two zero blocks included. */
  readonly tarLength: number
}

const insert = {
  folder: 'INSERT INTO folder VALUES (?, ?, ?, ?)',
  entry: 'INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  segment: 'INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  part: 'INSERT INTO part VALUES (?, ?, ?, ?, ?)',
  warning: 'INSERT INTO warning VALUES (?, ?)',
} as const

const slash = 0x2f
const root = 1
/** No system has longer paths. Those of an attack stand in the root as they are, without folders of their own. */
const pathCap = 16 * 1024
/** Bytes of all folders' paths together, which are held while the cache is filled. A million folders have fewer. */
const folderCap = 96 * 1024 * 1024

/**
 * Fills a new cache file while an index streams by. Throws `corrupt` for folders beyond what memory is for. The file
 * is nobody's cache before `finish` returned; whoever owns the path removes it otherwise.
 */
export class IndexCacheWriter implements Disposable {
  readonly #database: DatabaseSync
  readonly #statements: Record<keyof typeof insert, StatementSync>
  /** Ids of folders by path, the bytes as latin1. */
  readonly #folders = new Map<string, number>()
  #segments = 0
  #folderBytes = 0

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN')
    this.#database.exec(tables)
    const prepare = (sql: string): StatementSync => this.#database.prepare(sql)
    this.#statements = {
      folder: prepare(insert.folder),
      entry: prepare(insert.entry),
      segment: prepare(insert.segment),
      part: prepare(insert.part),
      warning: prepare(insert.warning),
    }
    this.#statements.folder.run(root, null, '', '')
    this.#folders.set('', root)
  }

  entry(entry: IndexEntry): void {
    const { folder, name, plain } = this.#place(entry.path)
    this.#statements.entry.run(
      entry.offset,
      folder,
      name,
      plain ? null : sqlName(entry.path),
      entry.type,
      entry.size,
      entry.mode,
      entry.uid,
      entry.gid,
      String(entry.mtime),
      entry.ctime === null ? null : String(entry.ctime),
      entry.sha256,
      entry.linkTarget === null ? null : sqlName(entry.linkTarget),
    )
  }

  segment(segment: Segment): void {
    const { kind, offset, length, tarOffset, tarLength, crc32, sha256 } = segment
    this.#statements.segment.run(this.#segments, kind, offset, length, tarOffset, tarLength, crc32, sha256)
    this.#segments += 1
  }

  part(part: EntryPart): void {
    this.#statements.part.run(part.entry, part.kind, part.name, part.from, part.to)
  }

  warning(code: string, path: string): void {
    this.#statements.warning.run(code, path)
  }

  /** Indexes and closes the file. */
  finish(facts: CacheFacts): void {
    const note = this.#database.prepare('INSERT INTO meta VALUES (?, ?)')
    note.run('version', String(cacheVersion))
    note.run('facts', JSON.stringify(facts))
    indexTables(this.#database)
    this.#database.exec('COMMIT')
    this.#database.close()
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close()
  }

  /** Where an entry belongs: empty and `.` segments of its path say nothing. */
  #place(path: Buffer): { folder: number; name: SQLInputValue; plain: boolean } {
    const text = path.toString('latin1')
    const cut = text.lastIndexOf('/')
    const parent = this.#folders.get(cut < 0 ? '' : text.slice(0, cut))
    const last = text.slice(cut + 1)
    if (parent !== undefined && cut !== 0 && last !== '' && last !== '.') {
      return { folder: parent, name: sqlName(path.subarray(cut + 1)), plain: true }
    }
    if (text.length > pathCap) return { folder: root, name: sqlName(path), plain: true }
    const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.')
    const name = segments.pop() ?? ''
    const folder = segments.length === 0 ? root : this.#folder(segments)
    return {
      folder,
      name: sqlName(Buffer.from(name, 'latin1')),
      plain: [...segments, name].join('/') === text,
    }
  }

  #folder(segments: readonly string[]): number {
    let id = root
    let path = ''
    for (const name of segments) {
      path = path === '' ? name : `${path}/${name}`
      const known = this.#folders.get(path)
      if (known === undefined) {
        const parent = id
        id = this.#folders.size + 1
        this.#folderBytes += path.length
        if (this.#folderBytes > folderCap) throw tooManyFolders()
        this.#folders.set(path, id)
        this.#statements.folder.run(id, parent, latin1Name(name), latin1Name(path))
      } else {
        id = known
      }
    }
    return id
  }
}

function tooManyFolders(): AppError {
  return new AppError(
    'corrupt',
    'The archive has more folders with longer names than any real one, and was refused. Nothing was written.',
  )
}

/** How bytes stand in the database: as text where they are UTF-8 without a NUL, else as they are. */
export function sqlName(bytes: Buffer): SQLInputValue {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString() : bytes
}

function latin1Name(name: string): SQLInputValue {
  return sqlName(Buffer.from(name, 'latin1'))
}

/** A path without empty and `.` segments, as the database's keys have it. */
export function plainPath(path: Buffer): Buffer {
  const text = path.toString('latin1')
  const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.')
  return Buffer.from(segments.join('/'), 'latin1')
}

/** Splits a plain path into its folder and last segment. */
export function splitPath(path: Buffer): { readonly folder: Buffer; readonly name: Buffer } {
  const cut = path.lastIndexOf(slash)
  return { folder: path.subarray(0, Math.max(0, cut)), name: path.subarray(cut + 1) }
}
