import { AppError } from '../../../../shared/errors.ts'
import type { EntryMeta } from '../archive-writer.ts'
import { describeEntry, type Extensions } from './describe-entry.ts'
import { blockSize, decodeHeader, isZero, isZeroBlock, padding } from './header.ts'
import { decodePax } from './pax.ts'
import { tarError, type TarFault } from './tar-error.ts'

/**
 * What a tar consists of, in order. `offset` is that of the entry's first header block, extension blocks
 * included, in bytes of tar. Each `entry` is followed by its `data`, slices of what was pushed, and one
 * `entry-end`; a `special` (socket, FIFO, device, volume label) by nothing. `end` comes once, after the two zero
 * blocks; `size` counts these.
 */
export type TarEvent =
  | { readonly kind: 'entry'; readonly meta: EntryMeta; readonly offset: number; readonly sparse: boolean }
  | { readonly kind: 'data'; readonly chunk: Buffer }
  | { readonly kind: 'entry-end' }
  | {
      readonly kind: 'special'
      readonly path: Buffer
      readonly typeflag: string
      readonly offset: number
    }
  | { readonly kind: 'end'; readonly size: number }

/** Bodies of extension entries are kept in memory; a longer one is an attack, not a name. */
const extensionLimit = 16 * 1024 * 1024
const noExtensions: Extensions = { records: new Map(), longName: null, longLink: null }

/**
 * Walks a tar that arrives in chunks of any size: old tars, ustar, GNU (`L`, `K`, base-256) and pax (`x`, `g`).
 * Entries in GNU.sparse 1.0 have `sparse` set, their expanded size in `meta`, and their map at the head of their
 * data: see `SparseExpander`. Synchronous; the caller takes event after event and decides when to go on:
 *
 *     for await (const chunk of stream) for (const event of walk.push(chunk)) …
 *     walk.finish()
 *
 * The events of one push must be taken to the end before the next. Throws `corrupt` with a `TarFault` as
 * `details.reason` and `details.offset`, or `unsupported` (GNU multi-volume, incremental, older sparse forms).
 */
export class TarWalk {
  #state: 'header' | 'extension' | 'content' | 'padding' | 'end' = 'header'
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  #chunkOffset = 0
  /** Bytes that the state still wants: of content, padding, or an extension's body with its padding. */
  #left = 0
  #pad = 0
  #silent = false
  #pieces: Buffer[] = []
  #gathered = 0
  #entryOffset = 0
  #extensions = noExtensions
  #global: ReadonlyMap<string, Buffer> = new Map()
  #extension = { typeflag: '', size: 0 }
  #zeroBlocks = 0
  #trailingZeros = 0

  /** Bytes of tar taken so far. */
  get offset(): number {
    return this.#chunkOffset + this.#at
  }

  /** Zeros after the two closing blocks: tar programs fill their last record with them. */
  get trailingZeros(): number {
    return this.#trailingZeros
  }

  *push(chunk: Buffer): Generator<TarEvent, void, undefined> {
    this.#chunkOffset += this.#at
    this.#chunk = chunk
    this.#at = 0
    while (this.#at < chunk.length) {
      if (this.#state === 'content') yield* this.#content()
      else if (this.#state === 'padding') this.#padding()
      else if (this.#state === 'header') yield* this.#header()
      else if (this.#state === 'extension') this.#extensionBody()
      else this.#trail()
    }
  }

  /** To be called when the stream has ended. Throws `corrupt` unless the two zero blocks were there. */
  finish(): void {
    if (this.#state === 'end') return
    if (this.#state === 'content' || this.#state === 'padding') throw this.#fault('cut-in-member')
    const between = this.#gathered === 0 && this.#extensions === noExtensions && this.#state === 'header'
    throw this.#fault(between ? 'cut-at-boundary' : 'cut-in-header')
  }

  *#content(): Generator<TarEvent, void, undefined> {
    const length = Math.min(this.#left, this.#chunk.length - this.#at)
    const data = this.#chunk.subarray(this.#at, this.#at + length)
    this.#at += length
    this.#left -= length
    if (!this.#silent) yield { kind: 'data', chunk: data }
    if (this.#left === 0) yield* this.#contentEnded()
  }

  *#contentEnded(): Generator<TarEvent, void, undefined> {
    this.#left = this.#pad
    this.#state = this.#pad > 0 ? 'padding' : 'header'
    if (!this.#silent) yield { kind: 'entry-end' }
  }

  #padding(): void {
    const length = Math.min(this.#left, this.#chunk.length - this.#at)
    this.#at += length
    this.#left -= length
    if (this.#left === 0) this.#state = 'header'
  }

  *#header(): Generator<TarEvent, void, undefined> {
    if (this.#gathered === 0 && this.#extensions === noExtensions) this.#entryOffset = this.offset
    const block = this.#gather(blockSize)
    if (!block) return
    if (isZeroBlock(block)) {
      this.#zeroBlocks += 1
      if (this.#extensions !== noExtensions) throw this.#fault('bad-header')
      if (this.#zeroBlocks < 2) return
      this.#state = 'end'
      yield { kind: 'end', size: this.offset }
      return
    }
    if (this.#zeroBlocks > 0) throw this.#fault('one-zero-block')
    const header = this.#located(() => decodeHeader(block))
    if (['x', 'g', 'L', 'K', 'X'].includes(header.typeflag)) {
      if (header.size > extensionLimit || header.size < 0) throw this.#fault('bad-header')
      this.#extension = { typeflag: header.typeflag, size: header.size }
      this.#left = header.size + padding(header.size)
      this.#state = 'extension'
      if (this.#left === 0) this.#extensionEnded(Buffer.alloc(0))
      return
    }
    const entry = this.#located(() => describeEntry(header, this.#effective()))
    this.#extensions = noExtensions
    this.#left = entry.contentSize
    this.#pad = padding(entry.contentSize)
    this.#silent = entry.meta === null
    this.#state = 'content'
    const { meta, path, sparse } = entry
    const offset = this.#entryOffset
    if (meta) yield { kind: 'entry', meta, offset, sparse }
    else yield { kind: 'special', path, typeflag: header.typeflag, offset }
    if (this.#left === 0) yield* this.#contentEnded()
  }

  #extensionBody(): void {
    const body = this.#gather(this.#left)
    if (body) this.#extensionEnded(body.subarray(0, this.#extension.size))
  }

  #extensionEnded(body: Buffer): void {
    const { typeflag } = this.#extension
    const end = body.indexOf(0)
    const name = Buffer.from(body.subarray(0, end < 0 ? body.length : end))
    if (typeflag === 'L') this.#extensions = { ...this.#extensions, longName: name }
    else if (typeflag === 'K') this.#extensions = { ...this.#extensions, longLink: name }
    else {
      const records = this.#located(() => decodePax(body))
      if (typeflag === 'g') this.#global = new Map([...this.#global, ...records])
      else this.#extensions = { ...this.#extensions, records }
    }
    this.#state = 'header'
  }

  #effective(): Extensions {
    if (this.#global.size === 0) return this.#extensions
    return { ...this.#extensions, records: new Map([...this.#global, ...this.#extensions.records]) }
  }

  #trail(): void {
    const rest = this.#chunk.subarray(this.#at)
    if (!isZero(rest)) throw this.#fault('trailing-bytes')
    this.#at = this.#chunk.length
    this.#trailingZeros += rest.length
  }

  /** The next `wanted` bytes in one buffer, or null where the chunk has fewer: the rest comes with the next. */
  #gather(wanted: number): Buffer | null {
    const length = Math.min(wanted - this.#gathered, this.#chunk.length - this.#at)
    const piece = this.#chunk.subarray(this.#at, this.#at + length)
    this.#at += length
    if (length === wanted) return piece
    this.#pieces.push(Buffer.from(piece))
    this.#gathered += length
    if (this.#gathered < wanted) return null
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#gathered = 0
    return whole
  }

  #fault(reason: TarFault): AppError {
    return tarError(reason, this.#state === 'header' ? this.#entryOffset : this.offset)
  }

  /** Adds the place to an error of the decoders. */
  #located<T>(decode: () => T): T {
    try {
      return decode()
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'corrupt') throw error
      throw tarError((error.details?.['reason'] as TarFault | undefined) ?? 'bad-header', this.#entryOffset)
    }
  }
}
