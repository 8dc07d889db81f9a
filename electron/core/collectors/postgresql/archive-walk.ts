import { Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'

/** The data of one table in a dump, in bytes, its block's own header included. */
export interface TableBlock {
  readonly name: string
  readonly from: number
  readonly to: number
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
function* contents(format: Format): Walk<{ count: number; withData: Map<number, string> }> {
  const count = yield* integer(format)
  const withData = new Map<number, string>()
  for (let at = 0; at < count; at++) {
    const id = yield* integer(format)
    const dumper = yield* integer(format)
    const [, , tag, kind] = yield* texts(format, 4)
    yield* integer(format)
    const [, , , schema] = yield* texts(format, format.minor >= 14 ? 6 : 5)
    if (format.minor >= 16) yield* integer(format)
    yield* texts(format, 2)
    while ((yield* text(format)) !== null);
    yield* take(1 + format.offsetSize)
    if (dumper !== 0) withData.set(id, kind === 'TABLE DATA' ? `${schema ?? ''}.${tag ?? ''}` : '')
  }
  return { count, withData }
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

  constructor() {
    super()
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

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#feed(chunk)
    } catch {
      this.#broken = true
      this.#wish = null
    }
    done(null, chunk)
  }

  #feed(chunk: Buffer): void {
    let rest = chunk
    while (this.#wish !== null && rest.length > 0) {
      const wanted = 'take' in this.#wish ? this.#wish.take : this.#wish.skip
      const part = rest.subarray(0, wanted - this.#have)
      if ('take' in this.#wish) this.#pieces.push(part)
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
    const [, , , , , major = 0, minor = 0, , intSize = 0, offsetSize = 0, kind = 0] = yield* this.#head()
    const format = { minor, intSize, offsetSize }
    if (major !== 1 || minor < 12 || kind !== 1 || intSize !== 4) throw new RangeError('header')
    if (minor > newestKnown) {
      this.#between = true
      return
    }
    yield* take(minor >= 15 ? 1 : 1 + intSize)
    for (let at = 0; at < 7; at++) yield* integer(format)
    yield* texts(format, 3)
    const { count, withData } = yield* contents(format)
    this.#entries = count
    this.#missing = withData
    for (;;) {
      this.#between = true
      const from = this.#at
      const [type] = yield* take(1)
      this.#between = false
      const id = yield* integer(format)
      if (type === largeObjects) while ((yield* integer(format)) !== 0) yield* chunks(format)
      else if (type === data) yield* chunks(format)
      else throw new RangeError('block')
      const name = withData.get(id)
      if (name !== undefined && name !== '') this.#tables.push({ name, from, to: this.#at })
      withData.delete(id)
    }
  }

  *#head(): Walk<Buffer> {
    const head = yield* take(11)
    if (head.toString('latin1', 0, 5) !== 'PGDMP') throw new RangeError('magic')
    return head
  }
}
