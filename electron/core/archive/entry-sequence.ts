import { createHash } from 'node:crypto'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import { entryDiffers, openEntry, type OpenedEntry } from './entry-content.ts'
import type { IndexEntry, Segment } from './index-decode.ts'
import { segmentCap } from './segment-read.ts'
import type { TarRange, TarRanges } from './tar-range.ts'
import { SparseExpander, type SparsePiece } from './tar/sparse.ts'
import { TarWalk, type TarEvent } from './tar/walk.ts'

/** What a sequence must know of an archive's index. */
interface SequenceIndex {
  readonly tarLength: number
  readonly endOf: (entry: IndexEntry) => number
  readonly segments: (range: TarRange) => readonly Segment[]
}

interface Reading {
  /** Bytes of tar. */
  readonly start: number
  readonly end: number
  readonly walk: TarWalk
  readonly chunks: AsyncGenerator<Buffer, void, undefined>
  events: Generator<TarEvent, void, undefined> | null
}

const zeros = Buffer.alloc(256 * 1024)
const firstWindow = 2 ** 20
const lastWindow = 2 ** 28

/**
 * Opens entries one after the other, best in the order of the archive: then all of it is read once, however it was
 * compressed, and segments that hold nothing wanted are passed over. An earlier entry is fetched on its own. What
 * was not read of a content when the next entry is opened is gone.
 */
export class EntrySequence implements AsyncDisposable {
  readonly #ranges: TarRanges
  readonly #index: SequenceIndex
  readonly #signal: AbortSignal
  #reading: Reading | null = null
  /** Offset of the entry that was opened last. */
  #last = -1
  #window = 0

  constructor(ranges: TarRanges, index: SequenceIndex, { signal }: { readonly signal: AbortSignal }) {
    this.#ranges = ranges
    this.#index = index
    this.#signal = signal
  }

  /** Like `ArchiveReader.open`. After an error the next entry is tried afresh. */
  async open(entry: IndexEntry): Promise<OpenedEntry> {
    if (entry.offset <= this.#last) {
      return openEntry(this.#ranges, entry, this.#index.endOf(entry), { signal: this.#signal })
    }
    try {
      return await this.#forward(entry)
    } catch (error) {
      await this.#stop()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
  }

  async #forward(entry: IndexEntry): Promise<OpenedEntry> {
    const reading = await this.#readingFor(entry)
    this.#last = entry.offset
    for (let event = await next(reading); ; event = await next(reading)) {
      if (event === null) throw entryDiffers(entry, 'its header')
      if (event.kind !== 'entry' || reading.start + event.offset < entry.offset) continue
      const { meta } = event
      if (reading.start + event.offset > entry.offset) throw entryDiffers(entry, 'its header')
      if (!meta.path.equals(entry.path)) throw entryDiffers(entry, 'its name')
      if (meta.type !== entry.type || meta.size !== entry.size) throw entryDiffers(entry, 'its type or size')
      return { meta, content: this.#content(entry, reading, event.sparse) }
    }
  }

  /**
   * Goes on where it is, unless whole segments lie between. Begins with what one entry needs and reads the further
   * the longer entries follow one another, as nobody knows which is the last.
   */
  async #readingFor(entry: IndexEntry): Promise<Reading> {
    const { tarLength, endOf, segments } = this.#index
    const { offset } = entry
    const end = endOf(entry)
    const current = this.#reading
    const here = current === null ? -1 : current.start + current.walk.offset
    const [segment] = current !== null && here >= offset ? [] : segments({ start: offset, end: offset + 1 })
    const follows = current !== null && (segment === undefined || segment.tarOffset <= here)
    if (current !== null && follows && end <= current.end) return current
    await this.#stop()
    this.#window = follows ? Math.min(Math.max(this.#window * 2, firstWindow), lastWindow) : 0
    /* A long member can only be inflated from its start: to its end, then. */
    const long = segment !== undefined && segment.tarLength > segmentCap
    const range = {
      start: offset,
      end: long ? tarLength : Math.min(Math.max(end, offset + this.#window), tarLength),
    }
    const chunks = this.#ranges.read(range, { signal: this.#signal })
    this.#reading = { ...range, walk: new TarWalk(), chunks, events: null }
    return this.#reading
  }

  async *#content(
    entry: IndexEntry,
    reading: Reading,
    sparse: boolean,
  ): AsyncGenerator<Buffer, void, undefined> {
    if (entry.type !== 'file') return
    const expander = sparse ? new SparseExpander(entry.size) : null
    const hash = entry.sha256 === null ? null : createHash('sha256')
    let length = 0
    try {
      for (let ended = false; !ended;) {
        throwIfCancelled(this.#signal)
        const event = this.#last === entry.offset ? await next(reading) : null
        if (event?.kind !== 'data' && event?.kind !== 'entry-end') throw entryDiffers(entry, 'its length')
        ended = event.kind === 'entry-end'
        for (const chunk of bytesOf(event, expander)) {
          length += chunk.length
          hash?.update(chunk)
          yield chunk
        }
      }
      if (length !== entry.size) throw entryDiffers(entry, 'its length')
      if (hash !== null && entry.sha256?.equals(hash.digest()) !== true)
        throw entryDiffers(entry, 'its content')
    } catch (error) {
      if (error instanceof AppError && this.#reading === reading) await this.#stop()
      throw error
    }
  }

  async #stop(): Promise<void> {
    const reading = this.#reading
    this.#reading = null
    await reading?.chunks.return()
  }
}

async function next(reading: Reading): Promise<TarEvent | null> {
  for (;;) {
    const event = reading.events?.next()
    if (event !== undefined && event.done !== true) return event.value
    const chunk = await reading.chunks.next()
    if (chunk.done === true) return null
    reading.events = reading.walk.push(chunk.value)
  }
}

function* bytesOf(
  event: Extract<TarEvent, { kind: 'data' | 'entry-end' }>,
  expander: SparseExpander | null,
): Generator<Buffer, void, undefined> {
  if (expander === null) {
    if (event.kind === 'data' && event.chunk.length > 0) yield event.chunk
    return
  }
  const pieces: Iterable<SparsePiece> = event.kind === 'data' ? expander.push(event.chunk) : expander.finish()
  for (const piece of pieces) {
    if (piece.kind === 'data') yield piece.chunk
    else for (let left = piece.length; left > 0; left -= zeros.length) yield zeros.subarray(0, left)
  }
}
