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

/** One chunk: what goes in, and where what comes out goes. */
interface Chunk {
  readonly nonce: Buffer
  readonly from: Uint8Array
  readonly to: Uint8Array
}

function sealChunk(key: Uint8Array, { nonce, from, to }: Chunk): void {
  if (!native) {
    chacha20poly1305(key, nonce).encrypt(from, to)
    return
  }
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagSize })
  to.set(cipher.update(from))
  cipher.final()
  to.set(cipher.getAuthTag(), from.length)
}

/** Throws where the chunk is not what was sealed. */
function openChunk(key: Uint8Array, { nonce, from, to }: Chunk): void {
  if (!native) {
    chacha20poly1305(key, nonce).decrypt(from, to)
    return
  }
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagSize })
  decipher.setAuthTag(from.subarray(-tagSize))
  to.set(decipher.update(from.subarray(0, -tagSize)))
  decipher.final()
}

interface Sizes {
  readonly from: number
  readonly to: number
}

function eachChunk(run: ChunkRun, { from, to }: Sizes, act: (key: Uint8Array, chunk: Chunk) => void) {
  const { key, first, last, data } = run
  const count = Math.max(1, Math.ceil(data.length / from))
  const result = new Uint8Array(data.length + count * (to - from))
  for (let at = 0; at < count; at += 1) {
    act(key, {
      nonce: nonceOf(first + at, last && at === count - 1),
      from: data.subarray(at * from, (at + 1) * from),
      to: result.subarray(at * to, (at + 1) * to),
    })
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
