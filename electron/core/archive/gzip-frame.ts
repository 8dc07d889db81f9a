import { AppError } from '../../../shared/errors.ts'

/** The 10 bytes that begin every archive that Holdfast writes (FORMAT §2). */
export const ownHeader = Buffer.from('1f8b0800000000000003', 'hex')

/** An empty last block: what ends a member of segments, and what a lone segment is closed with. */
export const lastBlock = Buffer.from([3, 0])

/** CRC-32 and length, little-endian, after the last block of a member (RFC 1952 §2.3.1). */
export const trailerLength = 8

/** More than any sane header: names and comments included. */
const headerCap = 65_536

const flag = { crc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const

/**
 * Length in bytes of the gzip header at the start of `bytes` (RFC 1952 §2.3), with any flags, or null where more
 * bytes are needed. Throws `corrupt` where this is no gzip header.
 */
export function gzipHeaderLength(bytes: Buffer): number | null {
  if (bytes.length < 10) return startsLikeGzip(bytes) ? null : notGzip()
  const flags = bytes.readUInt8(3)
  if (!startsLikeGzip(bytes) || bytes.readUInt8(2) !== 8 || (flags & flag.reserved) !== 0) return notGzip()
  let at: number | null = 10
  if ((flags & flag.extra) !== 0) at = bytes.length < 12 ? null : 12 + bytes.readUInt16LE(10)
  for (const text of [flag.name, flag.comment]) {
    if (at !== null && (flags & text) !== 0) at = afterZero(bytes, at)
  }
  if (at !== null && (flags & flag.crc) !== 0) at += 2
  if (at !== null && at <= bytes.length) return at
  return bytes.length > headerCap ? notGzip() : null
}

function startsLikeGzip(bytes: Buffer): boolean {
  return bytes.subarray(0, 2).equals(ownHeader.subarray(0, Math.min(2, bytes.length)))
}

function afterZero(bytes: Buffer, from: number): number | null {
  const zero = bytes.indexOf(0, from)
  return zero === -1 ? null : zero + 1
}

function notGzip(): never {
  throw new AppError(
    'corrupt',
    'There is something else where a gzip member should begin; use another copy of this file.',
  )
}
