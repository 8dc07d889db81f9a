import type { DestinationProfile } from '../../../shared/model/destination.ts'
import type { Destination } from './destination.ts'
import { prepareLocalPlace } from './local-place.ts'
import { openLocalDestination } from './local.ts'
import { withReadme } from './with-readme.ts'

type Kind = DestinationProfile['kind']
type ProfileOf<K extends Kind> = Extract<DestinationProfile, { kind: K }>

/** One row per kind; a missing one does not compile. */
const kinds: {
  readonly [K in Kind]: {
    prepare(profile: ProfileOf<K>): Promise<void>
    open(profile: ProfileOf<K>): Promise<Destination>
  }
} = {
  local: { prepare: ({ path }) => prepareLocalPlace(path), open: openLocalDestination },
}

/**
 * Makes a place fit to be a destination, when its profile is added: creates what is missing. Idempotent; another
 * computer's destination in the same place is shared.
 * @throws `invalid-input`, `no-space`, `permission-denied`, `write-failed`
 */
export async function prepareDestination(profile: DestinationProfile): Promise<void> {
  await kinds[profile.kind].prepare(profile)
}

/**
 * Opens a destination by its profile; `README.txt` comes with the first write. Disposing it releases its claims.
 * @throws `unreachable` where it is not there as it was prepared, `permission-denied`
 */
export async function openDestination(profile: DestinationProfile): Promise<Destination> {
  return withReadme(await kinds[profile.kind].open(profile))
}
