import { createHash } from 'node:crypto'
import type { Recipient } from '../archive/seal/age-key.ts'
import { Sealer, type Sealed } from '../archive/seal/sealer.ts'
import type { Destination, Key, Upload } from '../destinations/destination.ts'
import type { Encryption } from '../encryption/encryption.ts'

interface SendOptions {
  /** Bytes that will come. */
  readonly size: number
  /** Whom to encrypt for; null: as it is. */
  readonly recipients: readonly Recipient[] | null
  readonly encryption: Pick<Encryption, 'thread'>
  readonly signal: AbortSignal
}

/** What went through: the bytes as they came, and as they are stored. */
export interface Sent {
  readonly plain: Sealed
  readonly stored: Sealed
  /** The destination has confirmed by checksums that it stored this. */
  readonly confirmed: boolean
}

/**
 * Stores a stream as an object, encrypted where it is to be. `check` is told what came before the object becomes
 * visible, and may throw; then nothing is stored.
 */
export async function sendObject(
  bytes: AsyncIterable<Buffer>,
  { destination, key }: { readonly destination: Destination; readonly key: Key },
  options: SendOptions & { readonly check?: (plain: Sealed) => void },
): Promise<Sent> {
  const { size, recipients, encryption, signal } = options
  let upload: Upload | null = null
  const sink = async (chunk: Uint8Array) => upload?.write(chunk)
  using sealer = recipients && (await Sealer.open(recipients, { thread: encryption.thread, sink }))
  try {
    upload = await destination.create(key, { signal, size: sealer?.sealedSize(size) ?? size })
    const hash = createHash('sha256')
    let passed = 0
    for await (const chunk of bytes) {
      hash.update(chunk)
      passed += chunk.length
      await (sealer ?? upload).write(chunk)
    }
    const plain = { size: passed, sha256: hash.digest('hex') }
    options.check?.(plain)
    const stored = (await sealer?.finish()) ?? plain
    const { confirmed } = await upload.commit()
    return { plain, stored, confirmed }
  } finally {
    await upload?.abort()
  }
}
