import { segmentLimit, type SegmentPress } from './segment-press.ts'

/**
 * Cuts the bytes of a tar into segments by the rules of FORMAT §2: an entry over the limit, and what follows it,
 * begin a segment; other cuts lie between entries. Entries up to the limit are never cut, so that their bytes lie
 * in one piece until the next entry begins.
 */
export class SegmentCutter {
  readonly #press: SegmentPress
  #buffer: Buffer
  #used = 0
  /** Tar offset of the current segment's first byte. */
  #base = 0
  #afterLarge = false
  #segments = 0

  constructor(press: SegmentPress) {
    this.#press = press
    this.#buffer = press.buffer()
  }

  /** Bytes of tar so far. */
  get offset(): number {
    return this.#base + this.#used
  }

  /** Segments that have ended so far, which is the number of the current one. */
  get segments(): number {
    return this.#segments
  }

  /** Announces an entry of `total` bytes: headers, content and padding. */
  begin(total: number): void {
    const large = total > segmentLimit
    if (large || this.#afterLarge || this.#used + total > segmentLimit) this.cut()
    this.#afterLarge = large
  }

  /** Appends bytes, which are copied. Chunks over a segment's length belong in slices with waits between. */
  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#used === segmentLimit) this.#end()
      const copied = bytes.copy(this.#buffer, this.#used, at)
      this.#used += copied
      at += copied
    }
  }

  /** Appends up to `length` zeros, no more than fit into the current segment; returns how many. */
  zeros(length: number): number {
    if (this.#used === segmentLimit) this.#end()
    const end = Math.min(this.#used + length, segmentLimit)
    const filled = end - this.#used
    this.#buffer.fill(0, this.#used, end)
    this.#used = end
    return filled
  }

  /** Ends the current segment, if there is anything in it. */
  cut(): void {
    this.#afterLarge = false
    if (this.#used > 0) this.#end()
  }

  /** The bytes from a tar offset on, or null where a cut lies between. Valid until the next `cut`. */
  since(offset: number): Buffer | null {
    return offset < this.#base ? null : this.#buffer.subarray(offset - this.#base, this.#used)
  }

  /** Takes back everything from a tar offset on. False where some of it is in an earlier segment. */
  rewind(offset: number): boolean {
    if (offset < this.#base || offset > this.offset) return false
    this.#used = offset - this.#base
    return true
  }

  /** Counts a segment that went into the archive on its own. Only after `cut`, with nothing written since. */
  splice(tarLength: number): void {
    this.#base += tarLength
    this.#segments += 1
    this.#afterLarge = true
  }

  #end(): void {
    this.#press.add(this.#buffer, this.#used)
    this.#base += this.#used
    this.#used = 0
    this.#segments += 1
    this.#buffer = this.#press.buffer()
  }
}
