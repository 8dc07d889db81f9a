import { tarError } from './tar-error.ts'

/**
 * Reads a numeric field of a tar header: octal digits, or base-256 where the first bit is set (GNU and POSIX
 * 1988 readers agree on two's complement). Blank fields are 0. Throws `corrupt` for anything else, and for
 * numbers that a double cannot hold.
 */
export function decodeNumber(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0
  return first & 0x80 ? decodeBase256(block, at, length) : decodeOctal(block, at, at + length)
}

function decodeOctal(block: Buffer, from: number, to: number): number {
  let value = 0
  let at = from
  while (at < to && block[at] === 0x20) at += 1
  for (; at < to; at += 1) {
    const digit = (block[at] ?? 0) - 0x30
    if (digit === -0x30 || digit === -0x10) break
    if (digit < 0 || digit > 7) throw tarError('bad-header')
    value = value * 8 + digit
  }
  if (!Number.isSafeInteger(value)) throw tarError('bad-header')
  return value
}

function decodeBase256(block: Buffer, at: number, length: number): number {
  const negative = ((block[at] ?? 0) & 0x40) !== 0
  let value = BigInt((block[at] ?? 0) & 0x3f)
  for (let i = at + 1; i < at + length; i += 1) value = (value << 8n) | BigInt(block[i] ?? 0)
  if (negative) value -= 1n << BigInt(length * 8 - 2)
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw tarError('bad-header')
  return number
}

/** The largest value that `length` bytes hold as octal digits and a closing NUL. */
export function octalLimit(length: number): number {
  return 8 ** (length - 1) - 1
}

/** Writes an integer into a field: octal with a closing NUL where it fits, else base-256. */
export function encodeNumber(block: Buffer, at: number, length: number, value: number): void {
  if (value >= 0 && value <= octalLimit(length)) {
    block.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1')
    block[at + length - 1] = 0
    return
  }
  let rest = BigInt(value)
  for (let i = at + length - 1; i >= at; i -= 1) {
    block[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  block[at] = (block[at] ?? 0) | 0x80
}
