import { z } from 'zod'
import { Id, Instant, ProfileName } from './name.ts'

/** A place for copies. The kinds s3, b2 and sftp join this union with their issue. */
export const DestinationProfile = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('local'),
    id: Id,
    name: ProfileName,
    path: z.string().min(1).max(4096),
    addedAt: Instant,
  }),
])
export type DestinationProfile = z.infer<typeof DestinationProfile>
