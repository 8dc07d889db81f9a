import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { sampleArchiveSize, sampleIndexText } from './index-sample.ts'

const entries = 500_000
const id = '0196b0a0-0000-7000-8000-000000500000'
const folder = mkdtempSync(join(tmpdir(), 'index-cache-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a script in a process of its own, whose memory is only its own, and returns the figures that it prints. */
function measured(script: string): Record<string, number> {
  const modules = JSON.stringify(import.meta.dirname)
  const code = `
    const dir = ${modules}
    const { openFileSource } = await import(dir + '/byte-source.ts')
    const { readIndex } = await import(dir + '/index-read.ts')
    const { buildIndexCache, openIndexCache } = await import(dir + '/index-cache-open.ts')
    const folder = ${JSON.stringify(folder)}
    const options = { cacheFolder: folder, id: '${id}', size: ${sampleArchiveSize(entries)} }
    const { signal } = new AbortController()
    const mebibytes = () => Math.round(process.resourceUsage().maxRSS / 1024)
    const timed = (work) => { const start = performance.now(); work(); return Math.round((performance.now() - start) * 10) / 10 }
    ${script}`
  const output = execFileSync(process.execPath, ['--input-type=module', '--no-warnings', '-e', code])
  return JSON.parse(output.toString()) as Record<string, number>
}

test('a cache of 500,000 entries opens in under 50 ms and 100 MB, and answers at once', async () => {
  const index = join(folder, 'sample.index.gz')
  await pipeline(Readable.from(sampleIndexText(entries, { id })), createGzip(), createWriteStream(index))
  const build = measured(`
    const start = performance.now()
    await using source = await openFileSource(folder + '/sample.index.gz')
    using cache = await buildIndexCache(readIndex(source, { signal }), options)
    console.log(JSON.stringify({ buildSeconds: Math.round(performance.now() - start) / 1000, buildMebibytes: mebibytes() }))`)
  const use = measured(`
    let cache
    const openMilliseconds = timed(() => { cache = openIndexCache(options) })
    const openMebibytes = mebibytes()
    const entry = cache.find('file-444444.php', { limit: 1 }).entries[0]
    const parent = Buffer.from(entry.path.toString().replace(/[/][^/]*$/, ''))
    const folderMilliseconds = timed(() => cache.list(parent))
    const entryMilliseconds = timed(() => cache.stat(entry.path))
    const segmentsMilliseconds = timed(() => cache.segments({ start: entry.offset, end: cache.endOf(entry) }))
    const searchMilliseconds = timed(() => cache.find('nothing like it', { limit: 100 }))
    const pathSearchMilliseconds = timed(() => cache.find('uploads/nothing like it', { limit: 100 }))
    console.log(JSON.stringify({ openMilliseconds, openMebibytes, folderMilliseconds, entryMilliseconds,
      segmentsMilliseconds, searchMilliseconds, pathSearchMilliseconds, usedMebibytes: mebibytes() }))`)
  const figures = {
    entries,
    ...build,
    ...use,
    indexMebibytes: Math.round(statSync(index).size / 2 ** 20),
    cacheMebibytes: Math.round(statSync(join(folder, `${id}.sqlite`)).size / 2 ** 20),
  }
  recordFigure('index-cache', figures)
  expect(use['openMilliseconds']).toBeLessThan(50)
  expect(use['openMebibytes']).toBeLessThan(100)
  expect(use['folderMilliseconds']).toBeLessThan(5)
  expect(build['buildMebibytes']).toBeLessThan(300)
})
