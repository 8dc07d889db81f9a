import { statfs } from 'node:fs/promises'
import { AppError } from '../../../../shared/errors.ts'
import { formatBytes } from '../../../../shared/format.ts'

const MiB = 1024 * 1024
const smallest = 16 * MiB
const largestInMemory = 64 * MiB

/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const mostParts = 10_000
const largestObject = 5 * 1024 ** 4
/** Parts that an estimate is divided into: an archive may come out a tenth larger. */
const plannedParts = 9000

/** Bytes on their way at the same time, besides the part that is being filled. */
const budget = 128 * MiB

/** How an object is cut: all parts of an upload have the same size, because some servers insist on it. */
export interface PartPlan {
  /** Bytes of each part. */
  readonly size: number
  /** Whether parts wait on disk, being too large for memory: one is filled while one is sent. */
  readonly spooled: boolean
}

/**
 * The parts of an object that will have about so many bytes. Null, not known, is what fits memory: up to 640 GB.
 * @throws `unsupported` for what no bucket takes as one object
 */
export function planParts(size: number | null): PartPlan {
  if (size !== null && size > largestObject) {
    throw new AppError(
      'unsupported',
      `A bucket takes objects of up to ${formatBytes(largestObject)}, and this archive will have about ${formatBytes(size)}. Nothing was stored; choose another destination, or back up in parts.`,
    )
  }
  const needed = size === null ? largestInMemory : Math.ceil(size / plannedParts / MiB) * MiB
  return { size: Math.max(smallest, needed), spooled: needed > largestInMemory }
}

/** How many parts go side by side. */
export function partsAtOnce({ size, spooled }: PartPlan): number {
  return spooled ? 1 : Math.max(1, Math.floor(budget / size))
}

/**
 * Whether the parts that wait on disk fit there, beside what stays free.
 * @throws `no-space`
 */
export async function requireSpoolFor({ size, spooled }: PartPlan, folder: string): Promise<void> {
  if (!spooled) return
  const { bavail, bsize } = await statfs(folder)
  const needed = 2 * size + largestInMemory
  if (bavail * bsize >= needed) return
  throw new AppError(
    'no-space',
    `An archive this large goes to a bucket in parts that wait in ${folder}, which takes ${formatBytes(needed)}; ${formatBytes(bavail * bsize)} are free. Nothing was stored: free some space and try again.`,
    { details: { folder, free: bavail * bsize, needed } },
  )
}
