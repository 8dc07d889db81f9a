import { hash } from 'node:crypto'
import { crc32, inflateRaw } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'
import type { ByteSource } from './byte-source.ts'
import { readAhead, type AheadOptions } from './read-ahead.ts'
import { release, releaseWhole } from '../release.ts'
import { gzipHeaderLength, lastBlock, trailerLength } from './gzip-frame.ts'
import type { Segment } from './index-decode.ts'

/** The most that one segment may inflate to in memory, whatever an index says (FORMAT §2). */
export const segmentCap = 64 * 1024 * 1024

/** Deflate never grows data by more than a thousandth; a member adds its header. */
const storedCap = segmentCap + 1024 * 1024

/** A segment's inflated bytes. */
export interface SegmentBytes {
  readonly segment: Segment
  readonly bytes: Buffer
}

/**
 * Inflates one segment whose bytes are at hand, on zlib's thread pool. Kind `s` must be whole deflate blocks that
 * end on a byte without a last block, kind `m` one gzip member with nothing after it. Throws `corrupt` where the
 * SHA-256, the CRC-32, the length or the form is not what `segment` says, or where it inflates to more than 64 MiB.
 */
export async function inflateSegment(segment: Segment, stored: Buffer): Promise<Buffer> {
  if (stored.length !== segment.length) throw corrupt(segment, 'its length differs')
  if (!hash('sha256', stored, 'buffer').equals(segment.sha256)) throw corrupt(segment, 'its SHA-256 differs')
  if (segment.tarLength > segmentCap) throw corrupt(segment, 'it claims to be larger than any segment')
  const bytes = await inflateAny(segment, stored)
  if (crc32(bytes) !== segment.crc32) throw corrupt(segment, 'its CRC-32 differs')
  return bytes
}

/** Fetches, checks and inflates one segment. */
export async function readSegment(
  source: ByteSource,
  segment: Segment,
  { signal }: { readonly signal: AbortSignal },
): Promise<Buffer> {
  if (segment.length > storedCap) throw corrupt(segment, 'it claims to be larger than any segment')
  const range = { start: segment.offset, end: segment.offset + segment.length }
  const stored = await source.read(range, { signal })
  const bytes = await inflateSegment(segment, stored)
  releaseWhole(stored)
  return bytes
}

/** Where a segment lies, without the sums that prove it. */
export type SegmentPlace = Omit<Segment, 'crc32' | 'sha256'>

/** Fetches and inflates a segment of which only the place is known, and works out its sums. */
export async function measureSegment(
  source: ByteSource,
  place: SegmentPlace,
  { signal }: { readonly signal: AbortSignal },
): Promise<SegmentBytes> {
  const unproven = { ...place, crc32: 0, sha256: Buffer.alloc(0) }
  const { offset, length, tarLength } = place
  if (length > storedCap || tarLength > segmentCap) throw corrupt(unproven, 'it is larger than any segment')
  const stored = await source.read({ start: offset, end: offset + length }, { signal })
  const bytes = await inflateAny(unproven, stored)
  return { segment: { ...place, crc32: crc32(bytes), sha256: hash('sha256', stored, 'buffer') }, bytes }
}

/**
 * Reads segments in the order given, several at a time, and yields each when it is whole and checked. Where one is
 * bad, all before it were yielded and nothing after it is.
 */
export function readSegments(
  source: ByteSource,
  segments: Iterable<Segment>,
  options: AheadOptions,
): AsyncGenerator<SegmentBytes, void, undefined> {
  return readAhead(
    segments,
    async (segment) => ({ segment, bytes: await readSegment(source, segment, options) }),
    options,
  )
}

/** The same for segments of which only the places are known. */
export function measureSegments(
  source: ByteSource,
  places: Iterable<SegmentPlace>,
  options: AheadOptions,
): AsyncGenerator<SegmentBytes, void, undefined> {
  return readAhead(places, (place) => measureSegment(source, place, options), options)
}

async function inflateAny(segment: Segment, stored: Buffer): Promise<Buffer> {
  const bytes = await (segment.kind === 's' ? inflateBlocks : inflateMember)(segment, stored)
  if (bytes.length !== segment.tarLength) throw corrupt(segment, 'it inflates to another length')
  return bytes
}

async function inflateBlocks(segment: Segment, stored: Buffer): Promise<Buffer> {
  const closed = Buffer.concat([stored, lastBlock])
  const { length } = closed
  const { bytes, consumed } = await inflate(segment, closed)
  release(closed)
  if (consumed !== length) throw corrupt(segment, 'it does not end where it should')
  return bytes
}

async function inflateMember(segment: Segment, stored: Buffer): Promise<Buffer> {
  const header = gzipHeaderLength(stored)
  if (header === null) throw corrupt(segment, 'its header is cut')
  const { bytes, consumed } = await inflate(segment, stored.subarray(header))
  const trailer = stored.subarray(header + consumed)
  const whole =
    trailer.length === trailerLength &&
    trailer.readUInt32LE(0) === crc32(bytes) &&
    trailer.readUInt32LE(4) === bytes.length
  if (!whole) throw corrupt(segment, 'its trailer differs')
  return bytes
}

interface Inflated {
  readonly bytes: Buffer
  /** How many bytes the deflated data took up. */
  readonly consumed: number
}

/** Node's types do not know the `info` option, which adds the engine to what the callback is given. */
interface InflateInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

function inflate(segment: Segment, deflated: Buffer): Promise<Inflated> {
  const room = Math.max(64, segment.tarLength)
  return new Promise((resolve, reject) => {
    inflateRaw(
      deflated,
      { info: true, chunkSize: room + 64, maxOutputLength: room },
      (error: Error | null, result: unknown) => {
        if (error !== null) {
          reject(corrupt(segment, 'it does not inflate', error))
          return
        }
        const { buffer, engine } = result as InflateInfo
        resolve({ bytes: buffer, consumed: engine.bytesWritten })
      },
    )
  })
}

function corrupt(segment: Segment, why: string, cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    `The piece of the archive at byte ${segment.offset} is damaged: ${why}. Use another copy of this backup.`,
    { cause, details: { offset: segment.offset, length: segment.length } },
  )
}
