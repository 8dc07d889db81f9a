import { gzipSync } from 'node:zlib'
import { zerosArchive } from './volume.ts'
import { end, file, pax, raw } from './raw-tar.ts'
import { stored, tar, unclosed, type HostileArchive } from './hostile-archive.ts'

/** Tars and gzips that are cut, doubled, mixed up or far larger than they look. */
export const frameArchives: readonly HostileArchive[] = [
  unclosed('no closing blocks', () => [file('a')]),
  unclosed('a single zero block between two files', () => [file('a'), Buffer.alloc(512), file('b'), end]),
  unclosed('a second tar behind the end', ({ victim }) => [file('a'), end, file(`${victim}/moo`), end]),
  unclosed('a cut in a file', () => [raw({ name: 'a', size: 5000, content: 'x' })]),
  unclosed('nothing but zeros', () => [Buffer.alloc(10_240)]),
  unclosed('nothing', () => []),
  unclosed('noise', () => [Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919 + 13) % 251))]),
  unclosed('extension headers without a file', () => [pax({ path: 'x' }), end]),
  tar('a wrong checksum', () => [file('a', 'x', { badSum: true })], 'broken'),
  tar('10,000 extension headers', () => [
    ...Array.from({ length: 10_000 }, () => pax({ path: '../moo' })),
    file('a'),
  ]),
  tar('5,000 attributes of one file', () => [
    pax(
      Object.fromEntries(
        Array.from({ length: 5000 }, (_, n) => [`SCHILY.xattr.user.x${n}`, 'x'.repeat(100)]),
      ),
    ),
    file('a'),
  ]),
  stored('no gzip at all', () => Buffer.from('PK\x03\x04 this is something else')),
  stored('a gzip that is cut', () =>
    gzipSync(Buffer.concat([file('a', 'x'.repeat(5000)), end])).subarray(0, 60),
  ),
  stored('a gzip with a wrong sum', () => {
    const bytes = gzipSync(Buffer.concat([file('a'), end]))
    bytes.writeUInt32LE(1, bytes.length - 8)
    return bytes
  }),
  stored('a tar that goes on in a second gzip', ({ victim }) =>
    Buffer.concat([gzipSync(file('a')), gzipSync(Buffer.concat([file(`${victim}/moo`), end]))]),
  ),
  stored('a gzip in a gzip', () => gzipSync(gzipSync(Buffer.concat([file('a'), end])))),
  stored('a gzip bomb', () => zerosArchive(64)),
]
