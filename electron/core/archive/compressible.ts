import { deflateRawSync } from 'node:zlib'

/** What does not shrink below this share is stored (FORMAT §2). */
export const worthwhile = 0.98

/**
 * Share from which a sample shrinks too little for more than a quick level. On code and text, which shrink to less,
 * level 4 makes archives smaller by a tenth; on dumps and programs by a twentieth, for a third more time.
 */
const quickShare = 0.42
const quickLevel = 2

const pieces = 16
const pieceSize = 4096

/**
 * The deflate level for `bytes`, `highest` at most, judged by compressing pieces spread over them; 0 where they would
 * not shrink by 2 %: trying costs more than anything else on what is compressed already.
 */
export function levelFor(bytes: Buffer, highest: number): number {
  if (bytes.length === 0) return highest
  const sample = spread(bytes)
  const share = deflateRawSync(sample, { level: 1, memLevel: 9 }).length / sample.length
  if (share >= worthwhile) return 0
  return share >= quickShare ? Math.min(highest, quickLevel) : highest
}

function spread(bytes: Buffer): Buffer {
  if (bytes.length <= pieces * pieceSize) return bytes
  const step = (bytes.length - pieceSize) / (pieces - 1)
  const at = (index: number): number => Math.floor(index * step)
  return Buffer.concat(
    Array.from({ length: pieces }, (_, index) => bytes.subarray(at(index), at(index) + pieceSize)),
  )
}
