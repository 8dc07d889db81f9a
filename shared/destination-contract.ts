import { z } from 'zod'
import { DestinationFinding, DestinationProfile } from './model/destination.ts'
import { ProfileName } from './model/name.ts'
import { NewDestination } from './model/new-destination.ts'
import { command, query, type Procedure } from './procedure.ts'

const none = z.strictObject({})
const done = z.strictObject({})
const byName = z.strictObject({ name: ProfileName })

/** What a look at a destination could not read, with the reason in words; `key` null: all of it. */
export const Unreadable = z.strictObject({
  destination: z.string(),
  key: z.string().nullable(),
  why: z.string(),
})

/** Where copies lie. */
export const destinationContract = {
  /** Adds a place after it was seen to work: nothing is stored of one that was not. */
  'destinations.add': command(
    NewDestination,
    /** `backups`: how many were found there; `unreadable`: those that were not. */
    z.strictObject({
      destination: DestinationProfile,
      backups: z.int(),
      unreadable: z.array(Unreadable),
    }),
  ),
  /**
   * Tries a place before it is added, as `destinations.test` does. Nothing is stored here, but for a host key that
   * `accept` names; a folder that was made there stays.
   */
  'destinations.probe': command(
    z.strictObject({ destination: NewDestination }),
    z.strictObject({ findings: z.array(DestinationFinding) }),
  ),
  /** Switches the encryption of new copies; what lies there stays as it is. */
  'destinations.setEncrypted': command(
    byName.extend({ encrypted: z.boolean() }),
    z.strictObject({ destination: DestinationProfile }),
  ),
  'destinations.list': query(none, z.strictObject({ destinations: z.array(DestinationProfile) })),
  'destinations.show': query(
    byName,
    z.strictObject({ destination: DestinationProfile, freeBytes: z.number().nullable(), backups: z.int() }),
  ),
  /** Writes, reads, lists and deletes small objects there, as backups do, and says what would be trouble. */
  'destinations.test': command(byName, z.strictObject({ findings: z.array(DestinationFinding) })),
  'destinations.remove': command(byName, done),
} as const satisfies Record<string, Procedure>
