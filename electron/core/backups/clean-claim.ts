import { isUnfinished } from '../destinations/key.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import type { Claim } from '../jobs/job-context.ts'
import { bodyKeysOf, keysOf } from './stored-backup.ts'

/** How long a destination may take that does not answer, in milliseconds. */
const patience = 60_000

function profileOf(claim: Claim, destinations: DestinationProfiles) {
  return destinations.list().find(({ name }) => name === claim.destination)
}

/**
 * True where something of a run that has ended lies there and is no backup, or where nobody can look now. Never true
 * for a name that the run gave back: another run may have it already.
 */
export async function isLeft(claim: Claim, destinations: DestinationProfiles): Promise<boolean> {
  const profile = profileOf(claim, destinations)
  if (!profile) return false
  const signal = AbortSignal.timeout(patience)
  const { manifest } = keysOf(claim.key)
  try {
    await using destination = await destinations.connect(profile.name, { signal })
    const there = (key: string) => destination.stat(key, { signal })
    const found = await Promise.all(bodyKeysOf(claim.key).map(there))
    return found.some((object) => object !== null) && (await there(manifest)) === null
  } catch {
    return true
  }
}

/**
 * Removes what an interrupted run had begun: everything under its stem, unless the manifest is there, for then the
 * backup was finished. A claim's key is the stem. Of a name that was only tried, which may be another run's, no more
 * than a claim without a byte is removed. False where the destination cannot be reached now.
 */
export async function cleanClaim(claim: Claim, destinations: DestinationProfiles): Promise<boolean> {
  const profile = profileOf(claim, destinations)
  if (!profile) return true
  const signal = AbortSignal.timeout(patience)
  const { manifest } = keysOf(claim.key)
  try {
    await using destination = await destinations.connect(profile.name, { signal })
    if ((await destination.stat(manifest, { signal })) !== null) return true
    for (const key of claim.tried ? [] : bodyKeysOf(claim.key)) {
      await destination.delete(key, { signal })
      await destination.release(key)
    }
    for await (const { key, size } of destination.list(`${claim.key}.`, { signal })) {
      if (isUnfinished(key) && (!claim.tried || size === 0)) await destination.delete(key, { signal })
    }
    return true
  } catch {
    return false
  }
}
