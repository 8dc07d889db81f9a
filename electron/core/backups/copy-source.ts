import { hasCode, AppError } from '../../../shared/errors.ts'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { ByteSource } from '../archive/byte-source.ts'
import { openSealed } from '../archive/seal/sealed-source.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { Encryption } from '../encryption/encryption.ts'
import { objectSource } from './object-source.ts'
import { isSealed, keysOf } from './stored-backup.ts'

/** What opening an encrypted copy takes. */
export type Unsealing = Pick<Encryption, 'identities' | 'thread'>

/** A copy's archive and index as they were before they were encrypted. */
export interface CopySource {
  readonly archive: ByteSource
  /** Null where it is missing, or encrypted and damaged. */
  readonly index: ByteSource | null
}

/**
 * A copy at a destination as something to read anywhere in; of an encrypted one only the chunks that are asked for are
 * fetched and opened. Throws `not-found`, `corrupt`. The destination stays the caller's.
 */
export async function openCopySource(
  destination: Destination,
  stem: Key,
  options: {
    readonly manifest: Pick<OuterManifest, 'copy'>
    readonly encryption: Unsealing
    readonly signal: AbortSignal
  },
): Promise<CopySource> {
  const { manifest, encryption, signal } = options
  const sealed = isSealed(manifest)
  const keys = keysOf(stem, { sealed })
  const open = async (key: Key): Promise<ByteSource> => {
    const stored = await objectSource(destination, key, { signal })
    return sealed ? unseal(stored, key, { encryption, signal }) : stored
  }
  const archive = await open(keys.archive)
  if ((await destination.stat(keys.index, { signal })) === null) return { archive, index: null }
  try {
    return { archive, index: await open(keys.index) }
  } catch (error) {
    if (!sealed || !hasCode(error, 'corrupt')) throw error
    return { archive, index: null }
  }
}

/** The manifest of the copy was opened before, so a header that no key opens was changed. */
async function unseal(
  stored: ByteSource,
  key: Key,
  { encryption, signal }: { readonly encryption: Unsealing; readonly signal: AbortSignal },
): Promise<ByteSource> {
  const { thread } = encryption
  try {
    return await openSealed(stored, { identities: await encryption.identities(), thread, signal })
  } catch (cause) {
    if (!hasCode(cause, 'key-missing')) throw cause
    throw new AppError(
      'corrupt',
      `The keys that open the manifest do not open ${key}: its beginning is damaged, or it belongs to another backup. Use another copy.`,
      { cause },
    )
  }
}
