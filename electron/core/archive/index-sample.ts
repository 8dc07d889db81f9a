import { hash } from 'node:crypto'
import type { IndexLine } from './index-decode.ts'

const segmentLength = 4 * 1024 * 1024
const words = [
  'wp-content',
  'uploads',
  'plugins',
  'themes',
  'cache',
  'vendor',
  'src',
  'images',
  'mail',
  'cur',
]

/** Decoded lines of an index of any size, as an account of that many files would have them; always the same. */
export function* sampleIndexLines(
  entries: number,
  { id }: { readonly id: string },
): Generator<readonly IndexLine[], void, undefined> {
  yield [{ kind: 'head', format: 1, id }]
  const perFolder = 20
  const tree: Buffer[] = []
  let offset = 10
  let tarOffset = 0
  for (let n = 0; n < entries; n += 1) {
    const at = n * 4096
    const folder = Math.floor(n / perFolder)
    const path = `files/public_html/${folderName(folder)}/file-${n}.${n % 3 === 0 ? 'php' : 'jpg'}`
    const sha256 = hash('sha256', String(n), 'buffer')
    yield [
      {
        kind: 'entry',
        entry: {
          path: Buffer.from(path),
          type: 'file',
          size: 3000,
          mode: 0o644,
          uid: 1000,
          gid: 1000,
          mtime: 1_775_000_000_000_000_000n + BigInt(n),
          ctime: 1_775_000_000_000_000_000n,
          sha256,
          offset: at,
          linkTarget: null,
        },
      },
    ]
    if (at + 4096 - tarOffset < segmentLength && n + 1 < entries) continue
    const segment = { kind: 's' as const, offset, length: 1000, tarOffset, crc32: n, sha256 }
    yield [{ kind: 'segment', segment: { ...segment, tarLength: at + 4096 - tarOffset } }]
    tree.push(sha256)
    offset += 1000
    tarOffset = at + 4096
  }
  const end = { entries, segments: tree.length, size: offset + 10, tree: hash('sha256', Buffer.concat(tree)) }
  yield [{ kind: 'end', end }]
}

function folderName(n: number): string {
  return [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10]
    .map((digit) => words[digit] ?? '')
    .concat(String(n))
    .join('/')
}
