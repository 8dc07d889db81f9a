import { z } from 'zod'
import { Instant } from './name.ts'

/** A public key: whom something is encrypted for. */
const Recipient = z.string()

/** What is known of the keys that backups are encrypted with. No secret is in it. */
export const RecoveryKeyStatus = z.strictObject({
  /** `pending`: one was made and not typed back. Encryption can be switched on with `confirmed` only. */
  state: z.enum(['absent', 'pending', 'confirmed']),
  /** This computer's key; null until it was first needed. */
  computer: Recipient.nullable(),
  recovery: z.strictObject({ recipient: Recipient, confirmedAt: Instant }).nullable(),
  /** One that waits to be typed back; until it is, the one in `recovery` stays in use. */
  pending: z.strictObject({ recipient: Recipient, createdAt: Instant }).nullable(),
  /** Recovery keys that this computer was given to open what others made. */
  given: z.array(Recipient),
})
export type RecoveryKeyStatus = z.infer<typeof RecoveryKeyStatus>

/** What to print and keep away from this computer. It has the recovery key in the clear. */
export const RecoverySheet = z.strictObject({ text: z.string(), html: z.string() })
export type RecoverySheet = z.infer<typeof RecoverySheet>
