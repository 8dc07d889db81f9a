import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { encodeEntry } from '../../archive/tar/encode-entry.ts'
import { testFile, testMeta } from '../../archive/test-archive.ts'

/** What opening a large archive file came to. */
export interface ManyEntries {
  readonly kind: string
  readonly entries: number
  readonly parts: number
  readonly seconds: number
  readonly peakBytes: number
}

const content = Buffer.alloc(512, 'x')
const mailboxes = 50

/** A `cpmove` archive of as many small files: one in five a message, the others in a thousand folders of the home. */
function* cpmove(count: number): Generator<Buffer> {
  const [meta, text] = testFile('cpmove-alice/cp/alice', Buffer.alloc(512, '#'))
  yield Buffer.concat([encodeEntry(meta), text])
  for (let first = 1; first < count; first += 50) {
    const entries = Array.from({ length: Math.min(50, count - first) }, (_, i) => {
      const n = first + i
      const message = `mail/example.com/box-${n % mailboxes}/cur/17000${n}.M1P1.host:2,S`
      const file = `public_html/folder-${n % 1000}/file-${n}.txt`
      const path = `cpmove-alice/homedir/${n % 5 === 0 ? message : file}`
      return [encodeEntry(testMeta(path, { size: 500 })), content]
    })
    yield Buffer.concat(entries.flat())
  }
  yield Buffer.alloc(1024)
}

/** Makes such an archive and opens it in a process of its own. */
export async function openManyEntries(count: number): Promise<ManyEntries> {
  const folder = mkdtempSync(join(tmpdir(), 'many-'))
  try {
    const path = join(folder, 'archive')
    await pipeline(Readable.from(cpmove(count)), createGzip({ level: 1 }), createWriteStream(path))
    const program = join(import.meta.dirname, 'many-entries.program.ts')
    const flags = ['--max-semi-space-size=8', program, path, join(folder, 'cache')]
    return JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' })) as ManyEntries
  } finally {
    rmSync(folder, { recursive: true })
  }
}
