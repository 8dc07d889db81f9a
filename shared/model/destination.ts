import { z } from 'zod'
import { Id, Instant, ProfileName } from './name.ts'
import { Server } from './server.ts'

const common = { id: Id, name: ProfileName, addedAt: Instant }

/** Megabits per second that copies may take, both ways together, or null for no limit. */
const rateMbit = z.number().positive().max(100_000).nullable()

/** What a folder on an SFTP server is reached by. Secrets lie in the keychain or vault under the profile's id. */
export const SftpPlace = z.strictObject({
  host: Server.shape.host,
  port: Server.shape.port,
  user: Server.shape.user,
  auth: Server.shape.auth,
  /** As the server sees it; relative to where the login begins unless it starts with `/`. */
  folder: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[^\0\r\n]+$/, 'A folder is one line.')
    .transform((folder) => (folder === '/' ? folder : folder.replace(/\/+$/, ''))),
  rateMbit,
})
export type SftpPlace = z.infer<typeof SftpPlace>

/** A place for copies. The kinds s3 and b2 join this union with their issue. */
export const DestinationProfile = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local'), ...common, path: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('sftp'), ...common, ...SftpPlace.shape }),
])
export type DestinationProfile = z.infer<typeof DestinationProfile>
