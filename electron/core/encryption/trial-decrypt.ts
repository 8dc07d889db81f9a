import { randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { Identity, Recipient } from '../archive/seal/age-key.ts'
import { openSmall, sealSmall } from '../archive/seal/small.ts'

/**
 * Proves that a key opens what is encrypted for these recipients, by encrypting something for them and opening it with
 * that key alone. Throws `internal` where it does not.
 */
export async function testDecrypt(identity: Identity, recipients: readonly Recipient[]): Promise<void> {
  const sample = randomBytes(64)
  const opened = await openSmall(await sealSmall(sample, recipients), [identity])
  if (opened.equals(sample)) return
  throw new AppError('internal', 'The test of the key failed, so nothing was changed. Please report this.')
}
