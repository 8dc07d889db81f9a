import type { DestinationProfiles } from '../destinations/profiles.ts'
import { openDestination } from '../destinations/registry.ts'
import type { Claim } from '../jobs/job-context.ts'
import { keysOf } from './stored-backup.ts'

/**
 * Removes what an interrupted run had begun: everything under its stem, unless the manifest is there, for then the
 * backup was finished. A claim's key is the stem. Of a name that was only tried, which may be another run's, no more
 * than a claim without a byte is removed. False where the destination cannot be reached now.
 */
export async function cleanClaim(claim: Claim, destinations: DestinationProfiles): Promise<boolean> {
  const profile = destinations.list().find(({ name }) => name === claim.destination)
  if (!profile) return true
  const { signal } = new AbortController()
  const { archive, index, manifest } = keysOf(claim.key)
  try {
    await using destination = await openDestination(profile)
    if ((await destination.stat(manifest, { signal })) !== null) return true
    for (const key of claim.tried ? [] : [archive, index]) {
      await destination.delete(key, { signal })
      await destination.release(key)
    }
    for await (const { key, size } of destination.list(`${claim.key}.`, { signal })) {
      if (key.endsWith('.partial') && (!claim.tried || size === 0)) await destination.delete(key, { signal })
    }
    return true
  } catch {
    return false
  }
}
