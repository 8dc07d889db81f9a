import { createHash } from 'node:crypto'
import { hasCode } from '../../../shared/errors.ts'
import type { ByteSource } from './byte-source.ts'
import { crc32Combine } from './crc32-combine.ts'
import { lastBlock, ownHeader, trailerLength } from './gzip-frame.ts'
import type { Segment } from './index-decode.ts'
import type { Findings } from './verify-report.ts'

/**
 * Checks what lies between the segments of an archive, in order: every byte belongs to a segment, to the one header
 * that Holdfast writes, or to the trailer that fits the segments before it.
 */
export class FrameCheck {
  readonly #source: ByteSource
  readonly #findings: Findings
  readonly #signal: AbortSignal
  readonly #whole = createHash('sha256')
  readonly #tree = createHash('sha256')
  /** The gzip member that segments of kind `s` are inside of. */
  #member: { crc32: number; length: number } | null = null
  #offset = 0

  constructor(source: ByteSource, findings: Findings, { signal }: { readonly signal: AbortSignal }) {
    this.#source = source
    this.#findings = findings
    this.#signal = signal
  }

  /** The next segment. `stored` null: its bytes could not be had. */
  async segment(segment: Segment, stored: Buffer | null): Promise<void> {
    const joins = segment.kind === 's' && this.#member !== null && segment.offset === this.#offset
    if (!joins) await this.#between(segment)
    if (segment.kind === 's') {
      const { crc32, length } = this.#member ?? { crc32: 0, length: 0 }
      this.#member = {
        crc32: crc32Combine(crc32, segment.crc32, segment.tarLength),
        length: length + segment.tarLength,
      }
    }
    if (stored !== null) this.#whole.update(stored)
    this.#tree.update(segment.sha256)
    this.#offset = segment.offset + segment.length
  }

  /** What follows the last segment. Returns the SHA-256 of all bytes and the tree of the segments, in hex. */
  async finish(): Promise<{ readonly sha256: string; readonly tree: string }> {
    const closing = this.#closing()
    await this.#expect(closing, 'The last bytes of the archive do not fit the rest.')
    if (this.#offset < this.#source.size) {
      const more = this.#source.size - this.#offset
      this.#findings.add('bytes', `${more} bytes follow the end of the archive.`)
    }
    return { sha256: this.#whole.digest('hex'), tree: this.#tree.digest('hex') }
  }

  /** Ends a member that is open, and begins the next where the segment is inside one. */
  async #between(segment: Segment): Promise<void> {
    const header = segment.kind === 's' ? ownHeader : Buffer.alloc(0)
    const expected = Buffer.concat([this.#closing(), header])
    await this.#expect(expected, `The archive is damaged at byte ${this.#offset}, between two of its pieces.`)
    if (this.#offset !== segment.offset) {
      this.#findings.add('bytes', `The archive has bytes at ${this.#offset} that belong to nothing.`)
    }
  }

  #closing(): Buffer {
    if (this.#member === null) return Buffer.alloc(0)
    const sums = Buffer.alloc(trailerLength)
    sums.writeUInt32LE(this.#member.crc32, 0)
    sums.writeUInt32LE(this.#member.length % 2 ** 32, 4)
    this.#member = null
    return Buffer.concat([lastBlock, sums])
  }

  async #expect(expected: Buffer, otherwise: string): Promise<void> {
    const range = { start: this.#offset, end: this.#offset + expected.length }
    const bytes = await this.#source.read(range, { signal: this.#signal }).catch((error: unknown) => {
      if (hasCode(error, 'corrupt')) return null
      throw error
    })
    if (bytes?.equals(expected) !== true) this.#findings.add('bytes', otherwise)
    if (bytes !== null) this.#whole.update(bytes)
    this.#offset += expected.length
  }
}
