import type { ByteSource } from './byte-source.ts'
import type { Segment } from './index-decode.ts'
import { readMembers } from './member.ts'
import { readSegment, segmentCap } from './segment-read.ts'

interface RangeOptions {
  readonly signal: AbortSignal
}

/** Bytes of tar, `end` exclusive. */
export interface TarRange {
  readonly start: number
  readonly end: number
}

const remembered = 2
const ahead = 4

/**
 * Reads ranges of the tar inside an archive through its segments, each checked before it is used. Members over
 * 64 MiB, as other programs make them, are inflated from their start without being held. The last segments are
 * kept, so that neighbours cost one read.
 */
export class TarRanges {
  readonly #source: ByteSource
  readonly #segments: (range: TarRange) => readonly Segment[]
  readonly #recent = new Map<number, Promise<Buffer>>()

  constructor(source: ByteSource, segments: (range: TarRange) => readonly Segment[]) {
    this.#source = source
    this.#segments = segments
  }

  /** Yields the bytes of a range in order. Throws `corrupt` where the archive does not have them as its index says. */
  async *read(range: TarRange, { signal }: RangeOptions): AsyncGenerator<Buffer, void, undefined> {
    const segments = range.start < range.end ? this.#segments(range) : []
    for (const [at, segment] of segments.entries()) {
      if (segment.tarLength > segmentCap && segment.kind === 'm') {
        yield* this.#stream(segment, range, signal)
        continue
      }
      const bytes = this.#get(segment, signal)
      for (const next of segments.slice(at + 1, at + ahead)) {
        if (next.tarLength <= segmentCap) void this.#get(next, signal)
      }
      yield cut(await bytes, segment.tarOffset, range)
      this.#forget()
    }
  }

  #get(segment: Segment, signal: AbortSignal): Promise<Buffer> {
    const known = this.#recent.get(segment.offset)
    if (known !== undefined) return known
    const reading = readSegment(this.#source, segment, { signal })
    reading.catch(() => this.#recent.delete(segment.offset))
    this.#recent.set(segment.offset, reading)
    return reading
  }

  /** Keeps what was asked for last, the read-ahead included. */
  #forget(): void {
    const most = remembered + ahead
    for (const offset of this.#recent.keys()) {
      if (this.#recent.size <= most) return
      this.#recent.delete(offset)
    }
  }

  async *#stream(segment: Segment, range: TarRange, signal: AbortSignal): AsyncGenerator<Buffer> {
    const stored = this.#source.stream(
      { start: segment.offset, end: segment.offset + segment.length },
      { signal },
    ) as AsyncIterable<Buffer>
    let offset = segment.tarOffset
    for await (const bytes of readMembers(stored, { signal })) {
      if (offset + bytes.length > range.start) yield cut(bytes, offset, range)
      offset += bytes.length
      if (offset >= range.end) return
    }
  }
}

function cut(bytes: Buffer, offset: number, { start, end }: TarRange): Buffer {
  return bytes.subarray(Math.max(0, start - offset), Math.min(bytes.length, end - offset))
}
