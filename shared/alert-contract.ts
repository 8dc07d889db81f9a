import { z } from 'zod'
import { alertRules } from './alert-rules.ts'
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
  signing: secret.regex(alertRules.signing.pattern, alertRules.signing.wrong).optional(),
  /** The value of a webhook's header. */
  header: secret.regex(alertRules.headerValue.pattern, alertRules.headerValue.wrong).optional(),
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
