import { blockSize } from './header.ts'
import { tarError } from './tar-error.ts'

/** A piece of an expanded sparse file: bytes, or a run of zeros. */
export type SparsePiece =
  { readonly kind: 'data'; readonly chunk: Buffer } | { readonly kind: 'hole'; readonly length: number }

/** A map is kept in memory; no file system makes so many pieces of one file. */
const regionLimit = 1_000_000

/**
 * Expands the content of one GNU.sparse 1.0 entry (a decimal map in whole blocks, then the data), as GNU tar
 * writes it with `--sparse --format=posix`. Push the entry's data chunks, then take `finish()`; the pieces add up
 * to exactly `size` bytes. Throws `corrupt` where map and data do not agree.
 */
export class SparseExpander {
  readonly #size: number
  /** The map's numbers: how many regions, then offset and length of each. */
  readonly #map: number[] = []
  #mapBytes = 0
  #mapDone = false
  #digits = 0
  #value = 0
  #region = 0
  #regionUsed = 0
  #position = 0

  constructor(size: number) {
    this.#size = size
  }

  *push(chunk: Buffer): Generator<SparsePiece, void, undefined> {
    let at = this.#mapDone ? 0 : this.#readMap(chunk)
    while (at < chunk.length) {
      if (this.#region >= (this.#map[0] ?? 0)) throw tarError('bad-header')
      const from = this.#map[1 + 2 * this.#region] ?? 0
      const length = this.#map[2 + 2 * this.#region] ?? 0
      if (this.#regionUsed === 0) yield* this.#holeUntil(from)
      const take = Math.min(length - this.#regionUsed, chunk.length - at)
      if (this.#position + take > this.#size) throw tarError('bad-header')
      if (take > 0) yield { kind: 'data', chunk: chunk.subarray(at, at + take) }
      at += take
      this.#position += take
      this.#regionUsed += take
      if (this.#regionUsed === length) this.#nextRegion()
    }
  }

  *finish(): Generator<SparsePiece, void, undefined> {
    while (this.#mapDone && this.#map[2 + 2 * this.#region] === 0) this.#nextRegion()
    if (!this.#mapDone || this.#region < (this.#map[0] ?? 0)) throw tarError('bad-header')
    yield* this.#holeUntil(this.#size)
  }

  #nextRegion(): void {
    this.#region += 1
    this.#regionUsed = 0
  }

  /** Reads on in the map; returns how many bytes of the chunk belong to it. */
  #readMap(chunk: Buffer): number {
    let at = 0
    for (; at < chunk.length && !this.#mapComplete(); at += 1) this.#digit(chunk[at] ?? 0)
    this.#mapBytes += at
    if (!this.#mapComplete()) return at
    const fill = Math.min((blockSize - (this.#mapBytes % blockSize)) % blockSize, chunk.length - at)
    this.#mapBytes += fill
    this.#mapDone = this.#mapBytes % blockSize === 0
    return at + fill
  }

  #mapComplete(): boolean {
    const count = this.#map[0]
    return count !== undefined && this.#map.length === 1 + 2 * count
  }

  #digit(byte: number): void {
    if (byte === 0x0a && this.#digits > 0) {
      this.#map.push(this.#value)
      this.#digits = 0
      this.#value = 0
      if ((this.#map[0] ?? 0) > regionLimit) throw tarError('bad-header')
      return
    }
    if (byte < 0x30 || byte > 0x39) throw tarError('bad-header')
    this.#value = this.#value * 10 + byte - 0x30
    this.#digits += 1
    if (!Number.isSafeInteger(this.#value)) throw tarError('bad-header')
  }

  *#holeUntil(end: number): Generator<SparsePiece, void, undefined> {
    if (end < this.#position || end > this.#size) throw tarError('bad-header')
    const length = end - this.#position
    this.#position = end
    if (length > 0) yield { kind: 'hole', length }
  }
}
