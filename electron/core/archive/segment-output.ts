import { createHash, hash } from 'node:crypto'
import { crc32Combine } from './crc32-combine.ts'
import type { Segment } from './index-decode.ts'
import { segmentLine } from './index-lines.ts'
import type { IndexWriter, Sink } from './index-writer.ts'
import { release } from '../release.ts'
import type { PressedSegment } from './segment-press.ts'

const gzipHeader = Buffer.from('1f8b0800000000000003', 'hex')
const lastBlock = Buffer.from('0300', 'hex')

/** Facts of a finished archive, as the manifest beside it has them. */
export interface ArchiveTotals {
  readonly size: number
  readonly segments: number
  readonly tree: string
  readonly sha256: string
}

/** Frames segments as one gzip member, counts and hashes what goes out, and notes each segment in the index. */
export class SegmentOutput {
  readonly #sink: Sink
  readonly #index: IndexWriter
  readonly #whole = createHash('sha256')
  readonly #tree = createHash('sha256')
  /** `[length, tarLength]` of each segment so far. */
  readonly restart: [number, number][] = []
  #size = 0
  #tarLength = 0
  #crc32 = 0

  constructor(sink: Sink, index: IndexWriter) {
    this.#sink = sink
    this.#index = index
  }

  /** Takes a segment; its bytes are gone once it resolves. */
  async segment({ data, tarLength, crc32 }: PressedSegment): Promise<void> {
    if (this.#size === 0) await this.#write(gzipHeader)
    const sha256 = hash('sha256', data, 'buffer')
    const segment: Segment = {
      kind: 's',
      offset: this.#size,
      length: data.length,
      tarOffset: this.#tarLength,
      tarLength,
      crc32,
      sha256,
    }
    this.#index.line(segmentLine(segment))
    this.#tree.update(sha256)
    this.restart.push([data.length, tarLength])
    this.#tarLength += tarLength
    this.#crc32 = crc32Combine(this.#crc32, crc32, tarLength)
    await this.#write(data)
    release(data)
  }

  /** Writes the trailer. */
  async finish(): Promise<ArchiveTotals> {
    const sums = Buffer.alloc(8)
    sums.writeUInt32LE(this.#crc32, 0)
    sums.writeUInt32LE(this.#tarLength % 2 ** 32, 4)
    await this.#write(Buffer.concat([lastBlock, sums]))
    return {
      size: this.#size,
      segments: this.restart.length,
      tree: this.#tree.digest('hex'),
      sha256: this.#whole.digest('hex'),
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#size += bytes.length
    this.#whole.update(bytes)
    await this.#sink(bytes)
  }
}
