import { v7 as uuid } from 'uuid'
import { hasCode } from '../../../shared/errors.ts'
import type { Ports } from '../ports.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import { prepareLocalPlace } from '../destinations/local-place.ts'

/** The destination that needs no setting up: a folder in the user's home. */
const name = 'this-computer'

/** Name of the destination for a backup that names none; made when it is first needed. */
export async function localDestination({
  destinations,
  ports,
}: {
  readonly destinations: DestinationProfiles
  readonly ports: Ports
}): Promise<string> {
  if (destinations.list().some((each) => each.name === name)) return name
  const addedAt = ports.clock.now().toISOString()
  const profile = {
    kind: 'local',
    encrypted: false,
    id: uuid(),
    name,
    path: ports.backupFolder,
    addedAt,
  } as const
  await prepareLocalPlace(profile.path)
  try {
    await destinations.add(profile)
  } catch (error) {
    if (!hasCode(error, 'conflict') || !destinations.list().some((each) => each.name === name)) throw error
  }
  return name
}
