import { createCipheriv, createDecipheriv, getCiphers } from 'node:crypto'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'

/** Plain bytes of every chunk of an age payload but the last (C2SP/age, "Payload"). */
export const chunkSize = 65_536
const tagSize = 16
/** The same chunk as it is stored: its ciphertext and tag. */
export const sealedChunkSize = chunkSize + tagSize

/** A run of whole chunks that follow one another. */
export interface ChunkRun {
  /** The payload's key, 32 bytes. */
  readonly key: Uint8Array
  /** Number of the first chunk, from 0. */
  readonly first: number
  /** Whether the run ends with the payload's last chunk, which alone may be shorter. */
  readonly last: boolean
  readonly data: Uint8Array
}

/** Node's OpenSSL has it and is more than ten times as fast; Electron's BoringSSL has not. */
const native = getCiphers().includes('chacha20-poly1305')

/** 11 bytes of a big-endian counter and the mark of the last chunk. */
function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 5, 6)
  nonce[11] = last ? 1 : 0
  return nonce
}

function sealChunk(key: Uint8Array, nonce: Buffer, plain: Uint8Array): Uint8Array {
  if (!native) return chacha20poly1305(key, nonce).encrypt(plain)
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagSize })
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws where the chunk is not what was sealed. */
function openChunk(key: Uint8Array, nonce: Buffer, sealed: Uint8Array): Uint8Array {
  if (!native) return chacha20poly1305(key, nonce).decrypt(sealed)
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagSize })
  decipher.setAuthTag(sealed.subarray(sealed.length - tagSize))
  return Buffer.concat([decipher.update(sealed.subarray(0, -tagSize)), decipher.final()])
}

type EachChunk = (key: Uint8Array, nonce: Buffer, chunk: Uint8Array) => Uint8Array

function eachChunk(run: ChunkRun, sizes: { readonly from: number; readonly to: number }, act: EachChunk) {
  const { key, first, last, data } = run
  const count = Math.max(1, Math.ceil(data.length / sizes.from))
  const result = new Uint8Array(data.length + count * (sizes.to - sizes.from))
  for (let at = 0; at < count; at += 1) {
    const chunk = data.subarray(at * sizes.from, (at + 1) * sizes.from)
    result.set(act(key, nonceOf(first + at, last && at === count - 1), chunk), at * sizes.to)
  }
  return result
}

/** Seals a run; one without bytes must be the whole payload. */
export function sealRun(run: ChunkRun): Uint8Array<ArrayBuffer> {
  return eachChunk(run, { from: chunkSize, to: sealedChunkSize }, sealChunk)
}

/** Opens a run. Null where any chunk is damaged, at another place, or not the last one that `last` says. */
export function openRun(run: ChunkRun): Uint8Array<ArrayBuffer> | null {
  const { length } = run.data
  const rest = length % sealedChunkSize
  const whole = run.first === 0 && length === tagSize
  if (length < tagSize || (rest > 0 && (rest < tagSize || !run.last)) || (rest === tagSize && !whole))
    return null
  try {
    return eachChunk(run, { from: sealedChunkSize, to: chunkSize }, openChunk)
  } catch {
    return null
  }
}
