import { AppError } from '../../../shared/errors.ts'
import type { Bytes } from './shell.ts'

const APOSTROPHE = 0x27
const escapedApostrophe = Buffer.from(`'\\''`)

/** The bytes of a name or text; strings become UTF-8. */
export function toBuffer(bytes: Bytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)
}

/**
 * One shell word that stands for exactly these bytes in any POSIX shell: in apostrophes, which nothing but an
 * apostrophe ends (POSIX.1-2017, Shell Command Language §2.2.2). A NUL byte is refused with `invalid-input`,
 * because no shell can hold one.
 */
export function quote(bytes: Bytes): Buffer {
  const value = toBuffer(bytes)
  if (value.includes(0)) {
    throw new AppError(
      'invalid-input',
      'A name with a NUL byte cannot be used on a server; nothing was sent.',
    )
  }
  const pieces: Buffer[] = [Buffer.of(APOSTROPHE)]
  let from = 0
  for (let at = value.indexOf(APOSTROPHE); at >= 0; at = value.indexOf(APOSTROPHE, from)) {
    pieces.push(value.subarray(from, at), escapedApostrophe)
    from = at + 1
  }
  pieces.push(value.subarray(from), Buffer.of(APOSTROPHE))
  return Buffer.concat(pieces)
}
