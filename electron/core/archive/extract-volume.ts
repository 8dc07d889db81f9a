import { AppError } from '../../../shared/errors.ts'
import type { IndexOrigin } from './reader.ts'

/** Beyond these an archive is taken for an attack and nothing is written. */
export interface VolumeLimits {
  readonly entries: number
  /** Bytes written for each stored byte, where they are more than `ratioFrom`. Deflate itself ends at 1,032. */
  readonly ratio: number
  readonly ratioFrom: number
}

const ownLimits: VolumeLimits = { entries: 10_000_000, ratio: 1100, ratioFrom: 2 ** 30 }
/** An archive that nobody here made gets less trust. */
const foreignLimits: VolumeLimits = { ...ownLimits, entries: 2_000_000, ratio: 200 }

export function volumeLimits(origin: IndexOrigin): VolumeLimits {
  return origin === 'foreign' ? foreignLimits : ownLimits
}

/** Bytes of all the entries' contents. Throws `corrupt` beyond the limits. */
export function checkVolume(
  entries: Iterable<{ readonly size: number }>,
  storedBytes: number,
  limits: VolumeLimits,
): number {
  let count = 0
  let bytes = 0
  for (const { size } of entries) {
    count += 1
    bytes += size
    if (count > limits.entries) throw tooMuch(`more than ${limits.entries} files and folders`)
  }
  if (bytes > limits.ratioFrom && bytes > storedBytes * limits.ratio) {
    throw tooMuch(`${bytes} bytes out of an archive of ${storedBytes}`)
  }
  return bytes
}

function tooMuch(what: string): AppError {
  return new AppError(
    'corrupt',
    `This archive would become ${what}, which no real one does. Nothing was written; take single items of it.`,
  )
}
