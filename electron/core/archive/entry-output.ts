import { createHash, hash, type Hash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { EntryMeta } from './archive-writer.ts'
import { entryLine } from './index-lines.ts'
import { fillLimit, type SegmentCutter } from './segment-cutter.ts'
import { segmentLimit, type SegmentPress } from './segment-press.ts'
import { encodeEntry } from './tar/encode-entry.ts'
import { blockSize, padding } from './tar/header.ts'

interface OpenEntry {
  readonly meta: EntryMeta
  readonly offset: number
  readonly contentOffset: number
  readonly hash: Hash | null
  left: number
}

/** An entry as it stands in the archive now. */
export interface WrittenEntry {
  readonly meta: EntryMeta
  readonly offset: number
  /** Its index line. */
  readonly line: string
}

/** An entry whose content was cut: taken back, or filled up. */
export interface AbandonedEntry {
  readonly meta: EntryMeta
  readonly written: WrittenEntry | null
  /** Bytes of content more, or fewer, than there were. */
  readonly bytes: number
}

/** Writes entries as tar into segments and hashes their contents. Bytes beyond or short of `meta.size` are bugs. */
export class EntryOutput {
  readonly #cutter: SegmentCutter
  readonly #press: SegmentPress
  #open: OpenEntry | null = null
  /** An entry that begins a segment: its tar offset, and how many bytes of its headers are in the one before. */
  #led: { readonly offset: number; readonly length: number } | null = null

  constructor(cutter: SegmentCutter, press: SegmentPress) {
    this.#cutter = cutter
    this.#press = press
  }

  /** The entry that was begun and not ended. */
  get open(): EntryMeta | null {
    return this.#open?.meta ?? null
  }

  begin(meta: EntryMeta): void {
    const size = meta.type === 'file' ? meta.size : 0
    const { offset, large } = this.#headers(meta, size + padding(size))
    this.#open = {
      meta,
      offset,
      contentOffset: this.#cutter.offset,
      hash: large ? createHash('sha256') : null,
      left: size,
    }
  }

  /**
   * Begins a segment with an entry: what extends its header ends the segment before, the rest comes with `begin`. The
   * size may be another then, below 8 GiB, so that it can follow from what is out by that time.
   */
  lead(meta: EntryMeta): void {
    const { offset } = this.#cutter
    const length = this.#cutter.end(encodeEntry(meta, { extended: true }).subarray(0, -blockSize))
    this.#led = { offset, length }
  }

  /** True where the caller must wait for `ready` before it goes on. */
  get full(): boolean {
    return this.#press.full
  }

  ready(): Promise<void> {
    return this.#press.ready()
  }

  /** Content of the open entry; at most a few MiB at a time. */
  data(chunk: Buffer): void {
    const open = this.#expectOpen()
    open.left -= chunk.length
    if (open.left < 0) throw misuse('got more content than its header says')
    open.hash?.update(chunk)
    this.#cutter.write(chunk)
  }

  /** Zeros as content of the open entry, with waits where the segments fill up. */
  async zeros(length: number): Promise<void> {
    const open = this.#expectOpen()
    for (let left = length; left > 0;) {
      const start = this.#cutter.offset
      const filled = this.#cutter.zeros(left)
      open.hash?.update(this.#cutter.since(start) ?? Buffer.alloc(0))
      left -= filled
      if (this.full) await this.ready()
    }
    open.left -= length
    if (open.left < 0) throw misuse('got more content than its header says')
  }

  end(): WrittenEntry {
    const { meta, offset, contentOffset, hash: running, left } = this.#expectOpen()
    if (left !== 0) throw misuse('got less content than its header says')
    this.#open = null
    this.#cutter.keep()
    let sha256: string | null = null
    if (meta.type === 'file') {
      const content = running ? null : this.#cutter.since(contentOffset)
      sha256 = content ? hash('sha256', content, 'hex') : (running?.digest('hex') ?? null)
      this.#cutter.zeros(padding(meta.size))
    }
    return { meta, offset, line: entryLine(meta, { offset, sha256 }) }
  }

  /** Ends the open entry early: takes it back where all of it is still here, else fills it up with zeros. */
  async abandon(): Promise<AbandonedEntry> {
    const { meta, offset, left } = this.#expectOpen()
    if (this.#cutter.rewind(offset)) {
      this.#open = null
      return { written: null, meta, bytes: left - meta.size }
    }
    await this.zeros(left)
    return { written: this.end(), meta, bytes: left }
  }

  /** A whole entry whose content is at hand. */
  async whole(meta: EntryMeta, content: Buffer): Promise<WrittenEntry> {
    this.begin(meta)
    for (let at = 0; at < content.length; at += segmentLimit) {
      this.data(content.subarray(at, at + segmentLimit))
      if (this.full) await this.ready()
    }
    return this.end()
  }

  /** The headers of an entry over `fillLimit`, whose content follows as segments of its own. */
  spliced(meta: EntryMeta, sha256: string): WrittenEntry {
    const { offset } = this.#headers(meta, meta.size + padding(meta.size))
    return { meta, offset, line: entryLine(meta, { offset, sha256 }) }
  }

  #headers(meta: EntryMeta, content: number): { readonly offset: number; readonly large: boolean } {
    checkMeta(meta)
    const headers = encodeEntry(meta)
    const total = headers.length + content
    if (this.#led === null && this.#cutter.begin(total)) this.lead(meta)
    const led = this.#led
    this.#led = null
    const offset = led?.offset ?? this.#cutter.offset
    this.#cutter.write(led ? encodeEntry(meta, { extended: true }).subarray(led.length) : headers)
    return { offset, large: total > fillLimit }
  }

  #expectOpen(): OpenEntry {
    if (!this.#open) throw misuse('got content before its header')
    return this.#open
  }
}

function checkMeta({ path, type, linkTarget, size }: EntryMeta): void {
  if (path.length === 0 || path[0] === 0x2f || path.at(-1) === 0x2f || path.includes(0)) {
    throw misuse('has no proper path')
  }
  if ((type === 'symlink' || type === 'hardlink') !== (linkTarget !== undefined)) {
    throw misuse('is a link without a target, or has one and is none')
  }
  if (!Number.isSafeInteger(size) || size < 0) throw misuse('has no proper size')
}

function misuse(what: string): AppError {
  return new AppError(
    'internal',
    `An archive entry ${what}. Nothing that was stored is lost; please report this.`,
  )
}
