import { stat, statfs } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import { formatBytes } from '../../../shared/format.ts'
import type { Destination } from '../destinations/destination.ts'
import type { SpaceRules } from '../ports.ts'
import type { Place } from './claim-name.ts'
import type { Expectation } from './expectation.ts'
import type { MissingCopies } from './missing-copies.ts'

/** Dumps up to this many bytes wait in memory. */
const spoolMemory = 32 * 1024 * 1024

interface Options {
  readonly space: SpaceRules
  readonly spoolFolder: string
  readonly missing: MissingCopies
  readonly signal: AbortSignal
}

/** What names the disk of a path on this computer, so that what is promised twice is counted twice. */
async function diskOf(path: string | null): Promise<string | null> {
  const facts = path === null ? null : await stat(path).catch(() => null)
  return facts === null ? null : `disk ${facts.dev}`
}

async function diskOfPlace({ destination, folder }: Place): Promise<string> {
  const path = destination.capabilities.path(folder.split('/')[0] ?? folder)
  return (await diskOf(path)) ?? `destination ${destination.name}`
}

/** Refuses with `no-space` where the largest dump does not fit the spool. Returns what it promised, by disk. */
async function promiseSpool(
  { largestDump }: Expectation,
  { space, spoolFolder }: Options,
): Promise<Map<string, number>> {
  if (largestDump <= spoolMemory) return new Map<string, number>()
  const { bavail, bsize } = await statfs(spoolFolder)
  const free = bavail * bsize
  if (free < largestDump + space.reserve) {
    throw new AppError(
      'no-space',
      `The largest database needs about ${formatBytes(largestDump)} in ${spoolFolder} until its dump is complete, and only ${formatBytes(free)} are free, of which ${formatBytes(space.reserve)} stay free. Nothing was read or written: free some space and try again.`,
      { details: { folder: spoolFolder, free, needed: largestDump + space.reserve } },
    )
  }
  const disk = await diskOf(spoolFolder)
  return new Map(disk === null ? [] : [[disk, largestDump]])
}

/**
 * The places where a backup fits, asked before anything is read. A place where it does not is added to `missing`;
 * where nobody knows what is needed or what is free, nothing is refused.
 * @throws `no-space` where no place is left, or the spool does not fit
 */
export async function placesWithSpace(
  places: readonly Place[],
  expectation: Expectation,
  options: Options,
): Promise<readonly Place[]> {
  const { space, missing, signal } = options
  const promised = await promiseSpool(expectation, options)
  const { archive } = expectation
  if (archive === null) return places
  return missing.others(
    places,
    ({ destination }) => destination.name,
    async (place) => {
      const free = await place.destination.free({ signal })
      if (free === null) return place
      const disk = await diskOfPlace(place)
      const needed = archive + (promised.get(disk) ?? 0)
      if (free < needed + space.reserve) {
        throw new AppError(
          'no-space',
          `This backup needs about ${formatBytes(needed)} at ${place.destination.name}, and only ${formatBytes(free)} are free, of which ${formatBytes(space.reserve)} stay free. Nothing was written there or deleted: free some space or choose another destination.`,
          { details: { destination: place.destination.name, free, needed: needed + space.reserve } },
        )
      }
      promised.set(disk, needed)
      return place
    },
  )
}

/** Throws `no-space` where a destination has so little left that an upload must stop. */
export async function requireFloor(
  destination: Destination,
  { space, signal }: Pick<Options, 'space' | 'signal'>,
): Promise<void> {
  const free = await destination.free({ signal })
  if (free === null || free >= space.floor) return
  throw new AppError(
    'no-space',
    `Only ${formatBytes(free)} are left at ${destination.name}, so the upload stopped and was removed. Earlier backups are unchanged: free some space and try again.`,
    { details: { destination: destination.name, free } },
  )
}
