import { hkdfSync } from 'node:crypto'
import { Decrypter, Encrypter } from 'age-encryption'
import { advise } from '../../../../shared/advice.ts'
import { AppError } from '../../../../shared/errors.ts'
import { advisedError } from '../../advised-error.ts'
import { chunkSize, sealedChunkSize } from './chunk-cipher.ts'
import type { Identity, Recipient } from './age-key.ts'

const nonceSize = 16
/** What stands before the payload may have so many bytes: some hundred recipients. */
export const longestStart = 16 * 1024
const macLine = Buffer.from('\n--- ')

/** What stands before the payload of an age file, and the payload's key. */
export interface SealStart {
  /** Header and payload nonce as they are stored. */
  readonly start: Buffer
  readonly key: Buffer
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}

/**
 * Begins an age file that each recipient alone can open. The header is the library's; the payload is left to
 * `sealRun`, for the library seals on the thread that it is called on.
 */
export async function sealStart(recipients: readonly Recipient[]): Promise<SealStart> {
  const encrypter = new Encrypter()
  let fileKey = new Uint8Array()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key)
      return []
    },
  })
  const empty = await encrypter.encrypt(new Uint8Array())
  const start = Buffer.from(empty.subarray(0, empty.length - (sealedChunkSize - chunkSize)))
  return { start, key: payloadKey(fileKey, start.subarray(-nonceSize)) }
}

/** Bytes of header and nonce in the beginning of an age file, or null where there is no whole header. */
function startLength(bytes: Buffer): number | null {
  const mac = bytes.indexOf(macLine)
  const end = mac < 0 ? -1 : bytes.indexOf('\n', mac + macLine.length)
  return end < 0 || end + 1 + nonceSize > bytes.length ? null : end + 1 + nonceSize
}

/**
 * Reads the start of an age file in its first bytes (`longestStart` of them, or all). Throws `key-missing` where none
 * of the keys opens it, `corrupt` where it is no whole header or was changed.
 */
export async function openStart(
  bytes: Buffer,
  identities: readonly Identity[],
): Promise<{ readonly length: number; readonly key: Buffer }> {
  const length = startLength(bytes)
  if (length === null) throw damaged()
  const decrypter = new Decrypter()
  const tried = { all: false }
  for (const { secret } of identities) decrypter.addIdentity(secret.reveal())
  decrypter.addIdentity({
    unwrapFileKey: () => {
      tried.all = true
      return null
    },
  })
  try {
    const fileKey = await decrypter.decryptHeader(bytes.subarray(0, length - nonceSize))
    return { length, key: payloadKey(fileKey, bytes.subarray(length - nonceSize, length)) }
  } catch (cause) {
    throw tried.all ? keyMissing(cause) : damaged(cause)
  }
}

export function keyMissing(cause?: unknown): AppError {
  return advisedError(
    'key-missing',
    advise`It is encrypted, and no key on this computer opens it. Nothing is lost: give the recovery key ${{ way: 'use-recovery-key' }}.`,
    { cause },
  )
}

function damaged(cause?: unknown): AppError {
  return new AppError('corrupt', 'The beginning of the encrypted file is damaged. Use another copy.', {
    cause,
  })
}
