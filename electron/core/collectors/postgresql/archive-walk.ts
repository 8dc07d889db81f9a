import { Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'

/** The data of one table in a dump, in bytes, its block's own header included. */
export interface TableBlock {
  readonly name: string
  readonly from: number
  readonly to: number
  /** Ends of lines in its data, where the walk counts them and they are not compressed; else null. */
  readonly lines: number | null
}

/** What a dump says of itself before its table of contents. */
export interface DumpHead {
  /** The version of the format: 14 is PostgreSQL 12's, 15 is 16's, 16 is 17's. */
  readonly minor: number
  readonly compressed: boolean
  /** Versions of the dumped server and of pg_dump, as they call themselves. */
  readonly server: string
  readonly tool: string
}

/** An entry of a dump's table of contents. */
export interface DumpEntry {
  readonly id: number
  /** `TABLE`, `TABLE DATA`, `FUNCTION` …, as pg_dump calls it. */
  readonly kind: string
  readonly schema: string
  readonly tag: string
  readonly owner: string
  /** Whether its data are read in by COPY, a row a line. */
  readonly copied: boolean
}

/** What a walk over a dump found. */
export interface WalkedArchive {
  /** Whether the dump is a whole one: it ends where a block ends, and no table's data are missing. */
  readonly whole: boolean
  /** Entries of its table of contents, or null where the version is newer than this walk knows. */
  readonly entries: number | null
  readonly tables: readonly TableBlock[]
}

/** A wish for bytes: `take` returns them, `skip` only passes them. */
type Wish = { readonly take: number } | { readonly skip: number }
type Walk<Result> = Generator<Wish, Result, Buffer>

const data = 1
const largeObjects = 3
const newestKnown = 16
/** Longer than any name or statement that PostgreSQL can hold; a length beyond is a broken file. */
const longest = 1024 * 1024 * 1024

interface Format {
  readonly minor: number
  readonly intSize: number
  readonly offsetSize: number
}

function* take(bytes: number): Walk<Buffer> {
  return yield { take: bytes }
}

function* integer({ intSize }: Pick<Format, 'intSize'>): Walk<number> {
  const bytes = yield* take(1 + intSize)
  const value = bytes.readUIntLE(1, intSize)
  return bytes[0] === 0 ? value : -value
}

function* text(format: Format): Walk<string | null> {
  const length = yield* integer(format)
  if (length < 0) return null
  if (length > longest) throw new RangeError('length')
  return length === 0 ? '' : (yield* take(length)).toString('utf8')
}

function* texts(format: Format, count: number): Walk<(string | null)[]> {
  const found: (string | null)[] = []
  for (let at = 0; at < count; at++) found.push(yield* text(format))
  return found
}

/** Names of the entries that have data, by id (PostgreSQL source, pg_backup_archiver.c, ReadToc). */
function* contents(
  format: Format,
  found: DumpEntry[] | null,
): Walk<{ count: number; withData: Map<number, string> }> {
  const count = yield* integer(format)
  const withData = new Map<number, string>()
  for (let at = 0; at < count; at++) {
    const id = yield* integer(format)
    const dumper = yield* integer(format)
    const [, , tag, kind] = yield* texts(format, 4)
    yield* integer(format)
    const [, , copy, schema] = yield* texts(format, format.minor >= 14 ? 6 : 5)
    if (format.minor >= 16) yield* integer(format)
    const [owner] = yield* texts(format, 2)
    found?.push({
      ...{ id, kind: kind ?? '', schema: schema ?? '', tag: tag ?? '', owner: owner ?? '' },
      copied: copy !== null && copy !== undefined && copy !== '',
    })
    while ((yield* text(format)) !== null);
    yield* take(1 + format.offsetSize)
    if (dumper !== 0) withData.set(id, kind === 'TABLE DATA' ? `${schema ?? ''}.${tag ?? ''}` : '')
  }
  return { count, withData }
}

function lineEnds(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1
  return count
}

function* chunks(format: Format): Walk<void> {
  for (;;) {
    const length = yield* integer(format)
    if (length === 0) return
    if (length < 0 || length > longest) throw new RangeError('length')
    yield { skip: length }
  }
}

/**
 * Passes a dump in pg_dump's custom format through unchanged and walks over it: header, table of contents, blocks of
 * data. A dump that was cut anywhere ends inside one of them. Read `result` after the stream has ended.
 */
export class ArchiveWalk extends Transform {
  readonly #walk: Walk<void>
  readonly #tables: TableBlock[] = []
  #wish: Wish | null
  #pieces: Buffer[] = []
  #have = 0
  #at = 0
  #broken = false
  #entries: number | null = null
  #missing: Map<number, string> | null = null
  #between = false
  #head: DumpHead | null = null
  readonly #entriesFound: DumpEntry[] | null
  #contentsRead = false
  #lines: number | null = null

  /** `keep`: also remembers the table of contents, and counts the lines of every table's data. */
  constructor({ keep = false }: { readonly keep?: boolean } = {}) {
    super()
    this.#entriesFound = keep ? [] : null
    this.#walk = this.#archive()
    this.#wish = this.#walk.next().value ?? null
  }

  get result(): WalkedArchive {
    const nothingMissing = this.#missing === null || this.#missing.size === 0
    return {
      whole: !this.#broken && this.#between && nothingMissing,
      entries: this.#entries,
      tables: this.#tables,
    }
  }

  /** Null before it was read, and where it is none that this walk knows. */
  get head(): DumpHead | null {
    return this.#head
  }

  /** The table of contents where it is kept and has been read; else null. */
  get contents(): readonly DumpEntry[] | null {
    return this.#contentsRead ? this.#entriesFound : null
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.look(chunk)
    done(null, chunk)
  }

  /** Walks over the next bytes without passing them through. */
  look(chunk: Buffer): void {
    try {
      this.#feed(chunk)
    } catch {
      this.#broken = true
      this.#wish = null
    }
  }

  #feed(chunk: Buffer): void {
    let rest = chunk
    while (this.#wish !== null && rest.length > 0) {
      const wanted = 'take' in this.#wish ? this.#wish.take : this.#wish.skip
      const part = rest.subarray(0, wanted - this.#have)
      if ('take' in this.#wish) this.#pieces.push(part)
      else if (this.#lines !== null) this.#lines += lineEnds(part)
      this.#have += part.length
      this.#at += part.length
      rest = rest.subarray(part.length)
      if (this.#have < wanted) return
      const taken = Buffer.concat(this.#pieces)
      this.#pieces = []
      this.#have = 0
      this.#wish = this.#walk.next(taken).value ?? null
    }
  }

  *#archive(): Walk<void> {
    const [, , , , , major = 0, minor = 0, , intSize = 0, offsetSize = 0, kind = 0] = yield* this.#beginning()
    const format = { minor, intSize, offsetSize }
    if (major !== 1 || minor < 12 || kind !== 1 || intSize !== 4) throw new RangeError('header')
    if (minor > newestKnown) {
      this.#between = true
      return
    }
    const compressed = (yield* take(minor >= 15 ? 1 : 1 + intSize)).some((byte) => byte !== 0)
    for (let at = 0; at < 7; at++) yield* integer(format)
    const [, server, tool] = yield* texts(format, 3)
    this.#head = { minor, compressed, server: server ?? '', tool: tool ?? '' }
    const { count, withData } = yield* contents(format, this.#entriesFound)
    this.#contentsRead = true
    this.#entries = count
    const counts = this.#entriesFound !== null && !compressed
    this.#missing = withData
    for (;;) {
      this.#between = true
      const from = this.#at
      const [type] = yield* take(1)
      this.#between = false
      const id = yield* integer(format)
      this.#lines = counts && type === data ? 0 : null
      if (type === largeObjects) while ((yield* integer(format)) !== 0) yield* chunks(format)
      else if (type === data) yield* chunks(format)
      else throw new RangeError('block')
      const name = withData.get(id)
      if (name !== undefined && name !== '') {
        this.#tables.push({ name, from, to: this.#at, lines: this.#lines })
      }
      withData.delete(id)
    }
  }

  *#beginning(): Walk<Buffer> {
    const head = yield* take(11)
    if (head.toString('latin1', 0, 5) !== 'PGDMP') throw new RangeError('magic')
    return head
  }
}
