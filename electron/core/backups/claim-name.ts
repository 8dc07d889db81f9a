import { AppError } from '../../../shared/errors.ts'
import { archiveStem } from '../archive/name.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { MissingCopies } from './missing-copies.ts'
import { bodyKeysOf, keysOf } from './stored-backup.ts'

/** A destination of a run and the folder of the source there. */
export interface Place {
  readonly destination: Destination
  readonly folder: Key
  /** Whether the archive there is encrypted, and so called `.tar.gz.age`. */
  readonly sealed: boolean
}

/** An archive's name at one place: its key without the ending. */
export interface Claimed {
  readonly place: Place
  readonly stem: Key
}

/** A name that is ours everywhere. */
export interface ClaimedName {
  /** The archive's stem without folders, `alice_2026-04-08_2`. */
  readonly stem: string
  /** In the order of the places. */
  readonly claims: readonly Claimed[]
}

const mostPerDay = 1000

/** Everything whose existence means that a name is taken, or was. */
function takenKeys(stem: Key): readonly Key[] {
  const { manifest, state } = keysOf(stem)
  return [...bodyKeysOf(stem), manifest, state]
}

interface Tried extends Claimed {
  readonly won: boolean
}

async function giveBack(tried: readonly Tried[]): Promise<void> {
  for (const { place, stem, won } of tried)
    if (won) await place.destination.release(keysOf(stem, place).archive)
}

/** Tries to claim a stem at every place that can be reached. */
async function claimEverywhere(
  places: readonly Place[],
  name: string,
  { missing, signal }: { readonly missing: MissingCopies; readonly signal: AbortSignal },
): Promise<readonly Tried[]> {
  const all: Tried[] = []
  try {
    return await missing.others(
      places,
      ({ destination }) => destination.name,
      async (place) => {
        const stem = `${place.folder}/${name}`
        const won = await place.destination.claim(keysOf(stem, place).archive, takenKeys(stem), { signal })
        all.push({ place, stem, won })
        return { place, stem, won }
      },
    )
  } catch (error) {
    await giveBack(all)
    throw error
  }
}

export interface ClaimNameOptions {
  readonly source: string
  /** The user's local date. */
  readonly date: string
  /** The first number of the day to try; 1 without. */
  readonly first?: number
  /** Told of the names before each try. */
  readonly onTry: (names: readonly Claimed[]) => Promise<void>
  readonly missing: MissingCopies
  readonly signal: AbortSignal
}

/**
 * Claims the first free name of a day at every place at once (FORMAT §1), so that a run has one name everywhere. A
 * place that cannot be reached is added to `missing` and left out. Throws `conflict` after 1,000 tries, and what the
 * first place said where none can be reached.
 */
export async function claimName(
  places: readonly Place[],
  { source, date, first = 1, onTry, ...options }: ClaimNameOptions,
): Promise<ClaimedName> {
  let left = places
  for (let number = first; number <= mostPerDay; number += 1) {
    const stem = archiveStem({ source, date, number })
    await onTry(left.map((place) => ({ place, stem: `${place.folder}/${stem}` })))
    const tried = await claimEverywhere(left, stem, options)
    if (tried.every(({ won }) => won)) return { stem, claims: tried }
    await giveBack(tried)
    left = tried.map(({ place }) => place)
  }
  throw new AppError(
    'conflict',
    `${source} has ${mostPerDay} backups of ${date} already, so there is no name left. Nothing was written.`,
  )
}
