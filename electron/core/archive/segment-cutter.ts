import { segmentLimit, type SegmentPress } from './segment-press.ts'
import { blockSize } from './tar/header.ts'

/** How far entries fill a segment: two blocks are left for what may follow, a pax header or the closing zeros. */
export const fillLimit = segmentLimit - 2 * blockSize

interface Ended {
  readonly buffer: Buffer
  readonly length: number
}

/**
 * Cuts the bytes of a tar into segments by the rules of FORMAT §2: an entry over the limit, and what follows it,
 * begin a segment; other cuts lie where the next entry would not fit. A cut between two entries would pass for the
 * end of the tar, so that a segment ends inside the headers of the entry that begins the next. The contents of
 * entries up to the limit are never cut, and lie in one piece until the next entry begins.
 */
export class SegmentCutter {
  readonly #press: SegmentPress
  #buffer: Buffer
  #used = 0
  /** Tar offset of the current segment's first byte. */
  #base = 0
  #cutNext = false
  #segments = 0
  /** The segment that the current entry began by ending: not pressed yet, so that the entry can be taken back. */
  #ended: Ended | null = null

  constructor(press: SegmentPress) {
    this.#press = press
    this.#buffer = press.buffer()
  }

  /** Bytes of tar so far. */
  get offset(): number {
    return this.#base + this.#used
  }

  /** Number of the segment that the next entry's last header block will be in. */
  get next(): number {
    return this.#segments + (this.#cutNext ? 1 : 0)
  }

  /** Lets the next entry begin a segment. */
  cut(): void {
    this.#cutNext = true
  }

  /**
   * Announces an entry of `total` bytes: headers, content and padding. True where it begins a segment: then all
   * blocks before its last header block go to `end` first.
   */
  begin(total: number): boolean {
    const large = total > fillLimit
    const cut = large || this.#cutNext || this.#used + total > fillLimit
    this.#cutNext = large
    return cut && this.offset > 0
  }

  /** Appends bytes, which are copied. Chunks over a segment's length belong in slices with waits between. */
  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#used === fillLimit) this.#end()
      const copied = bytes.copy(this.#buffer, this.#used, at, at + fillLimit - this.#used)
      this.#used += copied
      at += copied
    }
  }

  /** Appends up to `length` zeros, no more than fit into the current segment; returns how many. */
  zeros(length: number): number {
    if (this.#used === fillLimit && length > 0) this.#end()
    const end = Math.min(this.#used + length, fillLimit)
    const filled = end - this.#used
    this.#buffer.fill(0, this.#used, end)
    this.#used = end
    return filled
  }

  /**
   * Ends the current segment with blocks of the entry that begins the next: with all of them, or, where there is no
   * room, with the first. Returns how many bytes that were.
   */
  end(blocks: Buffer): number {
    const fits = blocks.length <= segmentLimit - this.#used
    const length = blocks.copy(this.#buffer, this.#used, 0, fits ? blocks.length : blockSize)
    this.#used += length
    this.#hold()
    return length
  }

  /** Ends the tar with its two zero blocks, in the segment of the last entry. */
  close(): void {
    this.#buffer.fill(0, this.#used, this.#used + 2 * blockSize)
    this.#used += 2 * blockSize
    this.#end()
  }

  /** Presses everything so far. What was not ended ends here, so this must lie inside an entry. */
  flush(): void {
    if (this.#used > 0) this.#end()
    else this.keep()
  }

  /** Makes sure of what is in ended segments: none of it is taken back any more. */
  keep(): void {
    if (this.#ended !== null) this.#press.add(this.#ended.buffer, this.#ended.length)
    this.#ended = null
  }

  /** The bytes from a tar offset on, or null where a cut lies between. Valid until a segment ends. */
  since(offset: number): Buffer | null {
    return offset < this.#base ? null : this.#buffer.subarray(offset - this.#base, this.#used)
  }

  /** Takes back everything from the beginning of an entry on. False where some of it was pressed already. */
  rewind(offset: number): boolean {
    const start = this.#base - (this.#ended?.length ?? 0)
    if (offset < start) return false
    if (offset < this.#base && this.#ended !== null) {
      this.#buffer = this.#ended.buffer
      this.#ended = null
      this.#base = start
      this.#segments -= 1
      this.#cutNext = true
    }
    this.#used = offset - this.#base
    return true
  }

  /** Counts a segment that went into the archive on its own. Only after `flush`, with nothing written since. */
  splice(tarLength: number): void {
    this.#base += tarLength
    this.#segments += 1
  }

  #end(): void {
    this.#hold()
    this.keep()
  }

  #hold(): void {
    this.keep()
    this.#ended = { buffer: this.#buffer, length: this.#used }
    this.#base += this.#used
    this.#used = 0
    this.#segments += 1
    this.#buffer = this.#press.buffer()
  }
}
