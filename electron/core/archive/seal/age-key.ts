import { createHash } from 'node:crypto'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { AppError } from '../../../../shared/errors.ts'
import { Secret } from '../../secrets/secret.ts'

/** `age1…`: whom something is encrypted for. Public. */
export type Recipient = string

/** A key that opens what was encrypted for its recipient: `AGE-SECRET-KEY-1…`. */
export interface Identity {
  readonly secret: Secret
  readonly recipient: Recipient
}

/** Makes a new key. */
export async function newIdentity(): Promise<Identity> {
  return identityOf(await generateX25519Identity())
}

/**
 * A key as somebody typed it: spaces, dashes between groups and small letters do not matter. Throws `invalid-input`
 * where it is none; its own checksum finds a wrong letter.
 */
export async function parseIdentity(typed: Secret): Promise<Identity> {
  const letters = typed.reveal().toUpperCase().replace(/[\s-]/g, '')
  const body = letters.replace(/^AGESECRETKEY1/, '')
  try {
    return await identityOf(`AGE-SECRET-KEY-1${body}`)
  } catch {
    throw new AppError(
      'invalid-input',
      'That is not a key as Holdfast makes them: a letter is wrong or missing. Nothing was changed; compare it with the recovery sheet.',
    )
  }
}

async function identityOf(text: string): Promise<Identity> {
  return { secret: new Secret(text), recipient: await identityToRecipient(text) }
}

/** 8 hex digits of a recipient's SHA-256, as manifests name it (FORMAT §6). */
export function shortRecipient(recipient: Recipient): string {
  return createHash('sha256').update(recipient).digest('hex').slice(0, 8)
}
