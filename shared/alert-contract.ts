import { z } from 'zod'
import { AlertChannelDraft, AlertChannelRow, AlertDelivery } from './model/alert.ts'
import { ProfileName } from './model/name.ts'
import { command, query, type Procedure } from './procedure.ts'

const none = z.strictObject({})
const byName = z.strictObject({ name: ProfileName })
const secret = z.string().min(1).max(4096)

/** Secrets on their way into the keychain or vault; they never come back out. */
export const AlertSecrets = z.strictObject({
  /** Of the mail server's user. */
  password: secret.optional(),
  /** Signs what a webhook is sent. `whsec_` and base64, or any text. */
  signing: secret.min(16, 'A secret that signs needs 16 characters or more.').optional(),
  /** The value of a webhook's header. */
  header: secret
    .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'The value of a header is one line of ASCII.')
    .optional(),
})
export type AlertSecrets = z.infer<typeof AlertSecrets>

/** Whom to tell when backups need a person. */
export const alertContract = {
  'alerts.list': query(none, z.strictObject({ channels: z.array(AlertChannelRow) })),
  /** Nothing is sent; see `alerts.test`. */
  'alerts.add': command(
    z.strictObject({ channel: AlertChannelDraft, secrets: AlertSecrets }),
    AlertChannelRow,
  ),
  /** Sends a word to it now, and says how that went. */
  'alerts.test': command(byName, AlertDelivery),
  /** Forgets it, its secrets, and what it has not been told yet. */
  'alerts.remove': command(byName, none),
} as const satisfies Record<string, Procedure>
