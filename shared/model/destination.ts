import { z } from 'zod'
import { destinationRules } from '../destination-rules.ts'
import { Id, Instant, ProfileName } from './name.ts'
import { Server } from './server.ts'

const common = {
  ...{ id: Id, name: ProfileName, addedAt: Instant },
  /** Whether new copies there are encrypted (FORMAT §6). */
  encrypted: z.boolean().default(false),
}

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
    .regex(destinationRules.folder.pattern, destinationRules.folder.wrong)
    .transform((folder) => (folder === '/' ? folder : folder.replace(/\/+$/, ''))),
  rateMbit,
})
export type SftpPlace = z.infer<typeof SftpPlace>

/** Below it lie all keys of a destination in a bucket; without `/` at either end. Empty: the whole bucket. */
const prefix = z
  .string()
  .max(300)
  .regex(destinationRules.prefix.pattern, destinationRules.prefix.wrong)
  .transform((text) => text.replace(/\/+$/, ''))

const bucket = z.string().regex(destinationRules.bucket.pattern, destinationRules.bucket.wrong)
const region = z.string().regex(destinationRules.region.pattern, destinationRules.region.wrong)
const endpoint = z
  .string()
  .max(2048)
  .regex(destinationRules.endpoint.pattern, destinationRules.endpoint.wrong)
const keyId = z.string().regex(destinationRules.keyId.pattern, destinationRules.keyId.wrong)

/** How the destination's own encryption of stored objects is asked for. It protects from stolen disks only. */
export const ServerSideEncryption = z.discriminatedUnion('kind', [
  /** As the bucket says. */
  z.strictObject({ kind: z.literal('bucket') }),
  /** With a key of the destination's own (SSE-S3). */
  z.strictObject({ kind: z.literal('aes256') }),
  /** With a key of its key service; `keyId` null is the account's default. */
  z.strictObject({ kind: z.literal('kms'), keyId: z.string().min(1).max(2048).nullable() }),
])
export type ServerSideEncryption = z.infer<typeof ServerSideEncryption>

/** A bucket of Amazon S3, or of anything that speaks it. The secret key lies in the keychain or vault. */
export const S3Place = z.strictObject({
  /** Null: Amazon's own for the region. */
  endpoint: endpoint.nullable(),
  region,
  bucket,
  prefix,
  /** The bucket's name is in the path of requests, not in the host name. */
  pathStyle: z.boolean(),
  keyId,
  /** Null: the bucket's default. */
  storageClass: z
    .string()
    .regex(destinationRules.storageClass.pattern, destinationRules.storageClass.wrong)
    .nullable(),
  encryption: ServerSideEncryption,
  /** PEM of the authority that vouches for an endpoint with a certificate of its own. */
  authority: z.string().max(65_536).nullable(),
  rateMbit,
})
export type S3Place = z.infer<typeof S3Place>

/** A bucket of Backblaze B2, reached through its S3 interface. The application key lies in the keychain or vault. */
export const B2Place = z.strictObject({
  /** `https://s3.<region>.backblazeb2.com`, as the bucket's page shows it. */
  endpoint,
  region,
  bucket,
  prefix,
  keyId,
  rateMbit,
})
export type B2Place = z.infer<typeof B2Place>

/** A place for copies. */
export const DestinationProfile = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local'), ...common, path: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('sftp'), ...common, ...SftpPlace.shape }),
  z.strictObject({
    ...{ kind: z.literal('s3'), ...common, ...S3Place.shape },
    /** `If-None-Match` was seen to refuse an existing key when the destination was added. */
    conditionalWrites: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('b2'), ...common, ...B2Place.shape }),
])
export type DestinationProfile = z.infer<typeof DestinationProfile>

/** One thing that a test of a destination tried. */
export const DestinationFinding = z.strictObject({
  what: z.enum([
    'reach',
    'write',
    'read',
    'range',
    'list',
    'exclusive',
    'upload',
    'abort',
    'claim',
    'delete',
    'space',
    'clock',
    'transport',
    'versions',
    'lock',
    'lifecycle',
    'uploads',
  ]),
  /** `advice`: backups work, and something should be known. `failed`: they do not. */
  state: z.enum(['ok', 'advice', 'failed']),
  /** One or two sentences for people. */
  text: z.string(),
})
export type DestinationFinding = z.infer<typeof DestinationFinding>
