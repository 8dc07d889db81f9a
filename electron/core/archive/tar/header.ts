import { decodeNumber, encodeNumber } from './number.ts'
import { tarError } from './tar-error.ts'

/** Tar is written in blocks of this many bytes. */
export const blockSize = 512

/** The fields of one header block, before pax records and GNU long names are applied. */
export interface TarHeader {
  /** The prefix field, where the block is ustar, and the name field. */
  readonly name: Buffer
  readonly typeflag: string
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly uname: string
  readonly gname: string
  /** Whole seconds since the epoch. */
  readonly mtime: number
  readonly linkName: Buffer
}

/** Bytes from `size` up to the next block. */
export function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize
}

export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.equals(zeroBlock)
}

/** Whether all bytes are zero. */
export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const piece = bytes.subarray(at, at + zeros.length)
    if (!piece.equals(zeros.subarray(0, piece.length))) return false
  }
  return true
}

const zeros = Buffer.alloc(64 * 1024)
const zeroBlock = zeros.subarray(0, blockSize)

/** Decodes one block of 512 bytes that is not all zeros. Throws `corrupt` where its checksum does not agree. */
export function decodeHeader(block: Buffer): TarHeader {
  checkSum(block)
  const name = field(block, 0, 100)
  const prefix = isUstar(block) && block[345] !== 0 ? field(block, 345, 155) : null
  return {
    name: prefix ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    typeflag: String.fromCharCode(block[156] ?? 0),
    size: decodeNumber(block, 124, 12),
    mode: decodeNumber(block, 100, 8) & 0o7777,
    uid: decodeNumber(block, 108, 8),
    gid: decodeNumber(block, 116, 8),
    uname: block.toString('utf8', 265, fieldEnd(block, 265, 32)),
    gname: block.toString('utf8', 297, fieldEnd(block, 297, 32)),
    mtime: decodeNumber(block, 136, 12),
    linkName: field(block, 157, 100),
  }
}

/** POSIX: `ustar` and a NUL. GNU's own magic has a space there, and other things in the prefix field. */
function isUstar(block: Buffer): boolean {
  return block.readUInt32BE(257) === 0x75737461 && block.readUInt16BE(261) === 0x7200
}

/** A copy, so that a name that is kept does not keep the chunk it came in. */
function field(block: Buffer, at: number, length: number): Buffer {
  return Buffer.from(block.subarray(at, fieldEnd(block, at, length)))
}

function fieldEnd(block: Buffer, at: number, length: number): number {
  let end = at
  while (end < at + length && block[end] !== 0) end += 1
  return end
}

/** Sums the block with its checksum field as spaces; old tars summed signed bytes, so both are accepted. */
function checkSum(block: Buffer): void {
  let unsigned = 256
  let high = 0
  for (let at = 0; at < blockSize; at += 1) {
    if (at === 148) at = 156
    const byte = block[at] ?? 0
    unsigned += byte
    if (byte > 127) high += 256
  }
  const stored = decodeNumber(block, 148, 8)
  if (stored !== unsigned && stored !== unsigned - high) {
    throw tarError('bad-checksum')
  }
}

/** What goes into one header block. Names that do not fit are cut: longer ones need records beside the block. */
export interface HeaderFields {
  readonly name: Buffer
  readonly prefix?: Buffer
  readonly typeflag: string
  readonly size: number
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly uname?: string
  readonly gname?: string
  readonly mtime?: number
  readonly linkName?: Buffer
}

/** Writes a POSIX ustar block at `at` of a zero-filled buffer. Numbers too large for octal become base-256. */
export function encodeHeader(into: Buffer, at: number, fields: HeaderFields): void {
  const block = into.subarray(at, at + blockSize)
  fields.name.copy(block, 0, 0, 100)
  encodeNumber(block, 100, 8, fields.mode ?? 0o644)
  encodeNumber(block, 108, 8, fields.uid ?? 0)
  encodeNumber(block, 116, 8, fields.gid ?? 0)
  encodeNumber(block, 124, 12, fields.size)
  encodeNumber(block, 136, 12, fields.mtime ?? 0)
  block.write('        ', 148, 'latin1')
  block.write(fields.typeflag, 156, 'latin1')
  fields.linkName?.copy(block, 157, 0, 100)
  block.write('ustar\x0000', 257, 'latin1')
  block.write(fields.uname ?? '', 265, 31, 'latin1')
  block.write(fields.gname ?? '', 297, 31, 'latin1')
  encodeNumber(block, 329, 8, 0)
  encodeNumber(block, 337, 8, 0)
  fields.prefix?.copy(block, 345, 0, 155)
  let sum = 0
  for (let i = 0; i < blockSize; i += 1) sum += block[i] ?? 0
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
