import { z } from 'zod'
import { RecoveryKeyStatus, RecoverySheet } from './model/recovery-key.ts'
import { command, query, type Procedure } from './procedure.ts'

const none = z.strictObject({})
/** As it was typed: spaces, dashes and small letters do not matter. */
const typed = z.strictObject({ key: z.string().min(1).max(1000) })

/** The keys that backups are encrypted with. */
export const recoveryKeyContract = {
  'recoveryKey.status': query(none, RecoveryKeyStatus),
  /** Makes one, which counts only when it was typed back; until then the one before stays in use. */
  'recoveryKey.create': command(none, z.strictObject({ status: RecoveryKeyStatus, sheet: RecoverySheet })),
  /** The sheet of one that waits to be typed back; afterwards the key is not here any more. */
  'recoveryKey.sheet': query(none, z.strictObject({ sheet: RecoverySheet })),
  /** Typed back: proved by a test decrypt, then taken into use and forgotten here. */
  'recoveryKey.confirm': command(typed, RecoveryKeyStatus),
  /** Whether a sheet has the key that is in use, by a test decrypt. */
  'recoveryKey.check': query(typed, z.strictObject({ opens: z.boolean() })),
  /** Takes another computer's recovery key, so that what was encrypted there opens here. */
  'recoveryKey.use': command(typed, z.strictObject({ status: RecoveryKeyStatus, backups: z.int() })),
} as const satisfies Record<string, Procedure>
