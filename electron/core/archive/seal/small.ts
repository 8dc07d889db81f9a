import { Encrypter } from 'age-encryption'
import { AppError } from '../../../../shared/errors.ts'
import { longestStart, openStart } from './age-header.ts'
import { openRun } from './chunk-cipher.ts'
import type { Identity, Recipient } from './age-key.ts'

/** Encrypts a small piece of data, whole and on this thread, as an age file. */
export async function sealSmall(plain: Uint8Array, recipients: readonly Recipient[]): Promise<Buffer> {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return Buffer.from(await encrypter.encrypt(Uint8Array.from(plain)))
}

/** Opens a small age file. Throws `key-missing` where none of the keys fits, `corrupt` where it was changed. */
export async function openSmall(sealed: Buffer, identities: readonly Identity[]): Promise<Buffer> {
  const { length, key } = await openStart(sealed.subarray(0, longestStart), identities)
  const plain = openRun({ key, first: 0, last: true, data: sealed.subarray(length) })
  if (plain !== null) return Buffer.from(plain.buffer)
  throw new AppError('corrupt', 'The encrypted data is damaged. Use another copy.')
}
