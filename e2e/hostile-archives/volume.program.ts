import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { openFileSource } from '../../electron/core/archive/byte-source.ts'
import { openArchive } from '../../electron/core/archive/reader.ts'
import { judgeArchive } from '../../electron/core/restores/guard/judge-archive.ts'
import { safeTar } from '../../electron/core/restores/guard/safe-tar.ts'
import { testMapping } from '../../electron/core/restores/test-mapping.ts'
import { AppError } from '../../shared/errors.ts'
import { manyAttributes, manyEntries, manyFolders, zerosArchive } from './volume.ts'

/**
 * For tests: opens one archive that is far too much (`KIND COUNT`), judges it and makes a safe tar of it for nobody.
 * Prints what came of it, and the peak of its memory in bytes.
 */

const [kind = '', count = ''] = process.argv.slice(2)
const makers: Readonly<Record<string, (count: number) => Iterable<Buffer>>> = {
  entries: manyEntries,
  attributes: manyAttributes,
  folders: manyFolders,
}
const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'volume-'))
const path = join(folder, 'archive.tar.gz')
const nothing = Buffer.alloc(0)

async function run(): Promise<string> {
  await using source = await openFileSource(path)
  await using reader = await openArchive({ source, cacheFolder: folder, signal })
  const judged = judgeArchive(reader, { root: nothing, trusted: false })
  const { stream, later } = safeTar({
    ...{ reader, judged, root: nothing, prefix: nothing, trusted: false, signal },
    owner: { uid: 1, gid: 1 },
    mapping: testMapping(),
  })
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.length
  return `${later.files} files in ${bytes} bytes`
}

try {
  const maker = makers[kind]
  const bytes = maker === undefined ? [zerosArchive(Number(count))] : maker(Number(count))
  const steps = maker === undefined ? [] : [createGzip({ level: 1 })]
  await pipeline([Readable.from(bytes), ...steps, createWriteStream(path)])
  const outcome = await run().catch((error: unknown) => {
    if (error instanceof AppError) return `${error.code}: ${error.message}`
    throw error
  })
  console.log(JSON.stringify({ outcome, peak: process.resourceUsage().maxRSS * 1024 }))
} finally {
  rmSync(folder, { recursive: true })
}
