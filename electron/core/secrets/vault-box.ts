import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import type { Secret } from './secret.ts'

/**
 * What an unlock costs: 128·N·r bytes of memory, and time that grows with N·r·p. Twice what OWASP's Password Storage
 * Cheat Sheet asks for as the least (N 2^17, r 8, p 1): 128 MiB and about three quarters of a second.
 */
export const defaultCost = { N: 2 ** 17, r: 8, p: 2 }
export type Cost = typeof defaultCost

/** A damaged or planted file must not be able to ask for all memory or for hours. */
const Kdf = z.strictObject({
  name: z.literal('scrypt'),
  N: z
    .int()
    .min(2)
    .max(2 ** 20),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(16),
  salt: z.base64(),
})
type Kdf = z.infer<typeof Kdf>

/** Text under a passphrase: scrypt (RFC 7914) makes the key, AES-256-GCM seals the text and vouches for `kdf`. */
export const Box = z.strictObject({ kdf: Kdf, nonce: z.base64(), sealed: z.base64(), tag: z.base64() })
export type Box = z.infer<typeof Box>

/** What a passphrase came to; only in memory. */
export interface BoxKey {
  readonly kdf: Kdf
  readonly key: Buffer
}

/** A key with a salt of its own. Runs beside the event loop. */
export async function newBoxKey(passphrase: Secret, cost: Cost): Promise<BoxKey> {
  return deriveKey({ name: 'scrypt', ...cost, salt: randomBytes(16).toString('base64') }, passphrase)
}

function deriveKey(kdf: Kdf, passphrase: Secret): Promise<BoxKey> {
  const { N, r, p } = kdf
  const text = passphrase.reveal().normalize('NFC')
  const salt = Buffer.from(kdf.salt, 'base64')
  return new Promise((resolve, reject) => {
    scrypt(text, salt, 32, { N, r, p, maxmem: 128 * r * (N + p) + 1024 * 1024 }, (error, key) => {
      if (error) reject(error)
      else resolve({ kdf, key })
    })
  })
}

const boundTo = (kdf: Kdf) => Buffer.from(JSON.stringify([kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt]))

/** Seals a text with a random nonce of its own. */
export function seal(text: string, { kdf, key }: BoxKey): Box {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(boundTo(kdf))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return {
    kdf,
    nonce: nonce.toString('base64'),
    sealed: sealed.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  }
}

/** The key of a box; whether it is the right one shows `openBox`. */
export function boxKey(box: Box, passphrase: Secret): Promise<BoxKey> {
  return deriveKey(box.kdf, passphrase)
}

/** The text; null where the key is wrong or the box was changed, which cannot be told apart. */
export function openBox(box: Box, { key }: BoxKey): string | null {
  try {
    const nonce = Buffer.from(box.nonce, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    decipher.setAAD(boundTo(box.kdf)).setAuthTag(Buffer.from(box.tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(box.sealed, 'base64')), decipher.final()]).toString(
      'utf8',
    )
  } catch {
    return null
  }
}
