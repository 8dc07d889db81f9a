import { AppError } from '../../../shared/errors.ts'
import { archiveStem } from '../archive/name.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import { keysOf } from './stored-backup.ts'

/** A destination of a run and the folder of the source there. */
export interface Place {
  readonly destination: Destination
  readonly folder: Key
}

/** A name that is ours at every place: `<stem>` of each, in the order of the places. */
export interface ClaimedName {
  /** The archive's stem without folders, `alice_2026-04-08_2`. */
  readonly stem: string
  readonly keys: readonly Key[]
}

const mostPerDay = 1000

/** Everything whose existence means that a name is taken, or was. */
function takenKeys(stem: Key): readonly Key[] {
  const { archive, index, manifest, state } = keysOf(stem)
  return [archive, `${archive}.age`, index, `${index}.age`, manifest, state]
}

async function claimEverywhere(
  places: readonly Place[],
  stem: string,
  options: { readonly signal: AbortSignal },
): Promise<readonly Key[] | null> {
  const claimed: { destination: Destination; key: Key }[] = []
  try {
    for (const { destination, folder } of places) {
      const key = `${folder}/${stem}`
      if (!(await destination.claim(keysOf(key).archive, takenKeys(key), options))) break
      claimed.push({ destination, key })
    }
  } finally {
    if (claimed.length < places.length) {
      for (const mine of claimed) await mine.destination.release(keysOf(mine.key).archive)
    }
  }
  return claimed.length === places.length ? claimed.map(({ key }) => key) : null
}

export interface ClaimNameOptions {
  readonly source: string
  /** The user's local date. */
  readonly date: string
  /** Told of the keys before each try. */
  readonly onTry: (keys: readonly Key[]) => Promise<void>
  readonly signal: AbortSignal
}

/**
 * Claims the first free name of a day at every place at once (FORMAT §1), so that a run has one name everywhere.
 * Throws `conflict` after 1,000 tries.
 */
export async function claimName(
  places: readonly Place[],
  { source, date, onTry, signal }: ClaimNameOptions,
): Promise<ClaimedName> {
  for (let number = 1; number <= mostPerDay; number += 1) {
    const stem = archiveStem({ source, date, number })
    await onTry(places.map(({ folder }) => `${folder}/${stem}`))
    const keys = await claimEverywhere(places, stem, { signal })
    if (keys) return { stem, keys }
  }
  throw new AppError(
    'conflict',
    `${source} has ${mostPerDay} backups of ${date} already, so there is no name left. Nothing was written.`,
  )
}
