import { hash } from 'node:crypto'
import { endLine, entryLine, headLine, segmentLine } from './index-lines.ts'

/** For tests: indexes of any size. */

const entryLength = 4096
const segmentLength = 4 * 1024 * 1024
const perFolder = 20
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

/** How many bytes the archive of `sampleIndexText` would have. */
export function sampleArchiveSize(entries: number): number {
  return 10 + Math.ceil((entries * entryLength) / segmentLength) * 1000 + 10
}

/** The lines of an index as an account of that many files would have it; the same for the same arguments. */
export function* sampleIndexText(
  entries: number,
  { id }: { readonly id: string },
): Generator<string, void, undefined> {
  yield headLine(id)
  const tree: Buffer[] = []
  let tarOffset = 0
  for (let n = 0; n < entries; n += 1) {
    const sha256 = hash('sha256', String(n), 'buffer')
    const path = `files/public_html/${folderName(Math.floor(n / perFolder))}/file-${n}.${n % 3 === 0 ? 'php' : 'jpg'}`
    const meta = {
      path: Buffer.from(path),
      type: 'file',
      size: 3000,
      mode: 0o644,
      uid: 1000,
      gid: 1000,
      uname: 'alice',
      gname: 'alice',
      mtime: 1_775_000_000_000_000_000n + BigInt(n),
      ctime: 1_775_000_000_000_000_000n,
    } as const
    yield entryLine(meta, { offset: n * entryLength, sha256: sha256.toString('hex') })
    const end = (n + 1) * entryLength
    if (end - tarOffset < segmentLength && n + 1 < entries) continue
    const place = { kind: 's', offset: 10 + tree.length * 1000, length: 1000 } as const
    yield segmentLine({ ...place, tarOffset, tarLength: end - tarOffset, crc32: n, sha256 })
    tree.push(sha256)
    tarOffset = end
  }
  const size = sampleArchiveSize(entries)
  yield endLine({ entries, segments: tree.length, size, tree: hash('sha256', Buffer.concat(tree)) })
}

function folderName(n: number): string {
  return [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10]
    .map((digit) => words[digit] ?? '')
    .concat(String(n))
    .join('/')
}
