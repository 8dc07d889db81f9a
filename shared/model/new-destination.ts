import { z } from 'zod'
import { B2Place, S3Place, SftpPlace } from './destination.ts'
import { ProfileName } from './name.ts'
import { HostKeyFingerprint } from './server.ts'

const secret = z.string().min(1).max(65_536)

const encryption = {
  /** Whether new copies there are encrypted; absent: only in a bucket. It takes a recovery key that was typed back. */
  encrypted: z.boolean().optional(),
  /** The recovery key of another computer, to open what that encrypted there. */
  recoveryKey: secret.optional(),
}

/** A destination on its way in; secrets never come back out. */
export const NewDestination = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('local'),
    name: ProfileName,
    path: z.string().min(1).max(4096),
    ...encryption,
  }),
  z.strictObject({
    ...{ kind: z.literal('sftp'), name: ProfileName, place: SftpPlace, ...encryption },
    secrets: z.strictObject({ password: secret.optional(), keyPassphrase: secret.optional() }),
    /** The host key that a person has compared; null where it must be known already. */
    accept: HostKeyFingerprint.nullable(),
  }),
  z.strictObject({ kind: z.literal('s3'), name: ProfileName, place: S3Place, secret, ...encryption }),
  z.strictObject({ kind: z.literal('b2'), name: ProfileName, place: B2Place, secret, ...encryption }),
])
export type NewDestination = z.infer<typeof NewDestination>
