import { constants, crc32, deflateRawSync } from 'node:zlib'
import { end, file, long, pax, raw } from './raw-tar.ts'

const header = Buffer.from('1f8b0800000000000003', 'hex')
const mebibyte = 2 ** 20

/** A gzipped tar with one file of zeros, made without inflating or holding it: about a thousandth of its size. */
export function zerosArchive(mebibytes: number): Buffer {
  const head = raw({ name: 'zeros', size: 0 })
  const block = raw({
    name: 'zeros',
    over: [[124, Buffer.from(`${(mebibytes * mebibyte).toString(8).padStart(11, '0')}\0`)]],
  })
  const flush = { finishFlush: constants.Z_FULL_FLUSH, level: 9 }
  const piece = deflateRawSync(Buffer.alloc(mebibyte), flush)
  const trailer = Buffer.alloc(8)
  const length = head.length + mebibytes * mebibyte + end.length
  trailer.writeUInt32LE(crc32Repeated(block, mebibyte, mebibytes, end), 0)
  trailer.writeUInt32LE(length % 2 ** 32, 4)
  return Buffer.concat([
    header,
    deflateRawSync(block, flush),
    ...Array.from({ length: mebibytes }, () => piece),
    deflateRawSync(end, flush),
    Buffer.from('0300', 'hex'),
    trailer,
  ])
}

/** A tar of empty files, chunk by chunk. */
export function* manyEntries(count: number): Generator<Buffer, void, undefined> {
  const each = 1000
  for (let first = 0; first < count; first += each) {
    yield Buffer.concat(
      Array.from({ length: Math.min(each, count - first) }, (_, n) => file(`d${first}/f${n}`, '')),
    )
  }
  yield end
}

/** Files with an attribute of 4 KB each. */
export function* manyAttributes(count: number): Generator<Buffer, void, undefined> {
  const value = 'x'.repeat(4000)
  for (let n = 0; n < count; n += 1) {
    yield Buffer.concat([pax({ 'SCHILY.xattr.user.x': `${value}${n}` }), file(`f${n}`, '')])
  }
  yield end
}

/** Files each of which lies in fifteen folders of its own, with long names. */
export function* manyFolders(count: number): Generator<Buffer, void, undefined> {
  for (let n = 0; n < count; n += 1) {
    yield Buffer.concat([long('L', `${`${n}${'d'.repeat(200)}/`.repeat(15)}f`), file('f', '')])
  }
  yield end
}

/** CRC-32 of a head, `times` runs of `run` zeros, and a tail, without making them. */
function crc32Repeated(head: Buffer, run: number, times: number, tail: Buffer): number {
  const zeros = Buffer.alloc(run)
  let sum = crc32(head)
  for (let n = 0; n < times; n += 1) sum = crc32(zeros, sum)
  return crc32(tail, sum)
}
