import { deflateRawSync } from 'node:zlib'

/** What does not shrink below this share is stored (FORMAT §2). */
export const worthwhile = 0.98

const pieces = 16
const pieceSize = 4096
/** Bits per byte below which nobody needs to try: text and code have 4 to 6, machine code 6 to 7. */
const surelyCompressible = 7.3

/**
 * Whether deflate will make `bytes` at least 2 % smaller, judged by pieces spread over them: first by their
 * entropy, then by compressing them. Trying costs more than anything else on what is compressed already.
 */
export function isCompressible(bytes: Buffer): boolean {
  const sample = spread(bytes)
  if (sample.length === 0 || entropy(sample) < surelyCompressible) return true
  return deflateRawSync(sample, { level: 1, memLevel: 9 }).length < sample.length * worthwhile
}

function spread(bytes: Buffer): Buffer {
  if (bytes.length <= pieces * pieceSize) return bytes
  const step = (bytes.length - pieceSize) / (pieces - 1)
  const at = (index: number): number => Math.floor(index * step)
  return Buffer.concat(
    Array.from({ length: pieces }, (_, index) => bytes.subarray(at(index), at(index) + pieceSize)),
  )
}

/** Bits per byte, each byte on its own. */
function entropy(bytes: Buffer): number {
  const counts = new Uint32Array(256)
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    counts[byte] = (counts[byte] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / bytes.length)
  return bits / bytes.length
}
