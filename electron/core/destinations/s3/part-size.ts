import { AppError } from '../../../../shared/errors.ts'
import { formatBytes } from '../../../../shared/format.ts'

const MiB = 1024 * 1024
const smallest = 16 * MiB
const largest = 64 * MiB

/** S3's limit. */
export const mostParts = 10_000
/** Parts that an estimate is divided into: an archive may come out a tenth larger. */
const plannedParts = 9000

/** Bytes on their way at the same time, besides the part that is being filled. */
const budget = 128 * MiB

/**
 * Bytes of each part of an object that will have about so many bytes: all parts of an upload have the same, because
 * some servers insist on it. Null, not known, is the largest: an object of up to 640 GB.
 * @throws `unsupported` for what would need parts that do not fit in memory
 */
export function partSizeFor(size: number | null): number {
  const needed = size === null ? largest : Math.ceil(size / plannedParts / MiB) * MiB
  if (needed > largest) {
    throw new AppError(
      'unsupported',
      `A bucket takes archives of up to ${formatBytes(largest * plannedParts)} from Holdfast, and this one will have about ${formatBytes(size ?? 0)}. Nothing was stored; choose another destination, or back up in parts.`,
    )
  }
  return Math.max(smallest, needed)
}

/** How many parts of this size go side by side. */
export function partsAtOnce(partSize: number): number {
  return Math.max(1, Math.floor(budget / partSize))
}
