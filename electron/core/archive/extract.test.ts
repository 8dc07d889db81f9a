import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ExtractReport } from '../../../shared/archive-contract.ts'
import { bufferSource } from './byte-source.ts'
import { extractItems } from './extract.ts'
import { accountEntries, buildFixture } from './fixture.ts'
import { openArchive } from './reader.ts'

const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'extract-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Options = Partial<Parameters<typeof extractItems>[2]>

async function extract(
  { archive, index }: { archive: Buffer; index?: Buffer },
  items: readonly (string | Buffer)[] = [],
  options: Options = {},
): Promise<ExtractReport> {
  await using reader = await openArchive({
    source: bufferSource(archive),
    index: index && bufferSource(index),
    cacheFolder: join(folder, 'cache'),
    signal,
  })
  const into = mkdtempSync(join(folder, 'into-'))
  return await extractItems(
    reader,
    items.map((item) => Buffer.from(item)),
    { into, signal, ...options },
  )
}

const fixture = buildFixture(accountEntries)

describe('extracting', () => {
  test('writes every file as it was, folders with their modes and times, links as a list', async () => {
    const { into, files, folders, bytes, left, leftCount } = await extract(fixture)
    for (const { path, content = '', type = 'file', mode = 0o644 } of accountEntries) {
      const name = Buffer.concat([Buffer.from(`${into}/`), Buffer.from(path)])
      if (type === 'file') expect(readFileSync(name).equals(Buffer.from(content))).toBe(true)
      if (type === 'symlink') expect(existsSync(name)).toBe(false)
      else expect(statSync(name).mode & 0o7777).toBe(mode)
    }
    expect(statSync(join(into, 'files/empty')).mtimeMs).toBeCloseTo(1_775_000_000_123, 0)
    expect([files, folders]).toEqual([accountEntries.length + 2 - 3, 2])
    expect(bytes).toBeGreaterThan(2 * 180_000)
    expect(left).toEqual([{ path: 'files/current', why: expect.stringContaining('public_html') }])
    expect(leftCount).toBe(1)
  })

  test('makes a copy of a hard link, not a link', async () => {
    const { into } = await extract(fixture, ['files/public_html'])
    expect(statSync(join(into, 'files/public_html/copy.jpg')).nlink).toBe(1)
    expect(readdirSync(into)).toEqual(['files'])
  })

  test('takes single files, folders, and names that are not UTF-8', async () => {
    const latin = Buffer.from('files/caf\xe9.txt', 'latin1')
    const { into, files } = await extract(fixture, [latin, 'cron/crontab', 'cron/crontab'])
    expect(files).toBe(2)
    expect(readFileSync(Buffer.concat([Buffer.from(`${into}/`), latin])).toString()).toBe('latin1 name')
    expect((await extract(fixture, ['databases/mysql'])).files).toBe(2)
  })

  test('writes nothing when an item is not there', async () => {
    const into = join(folder, 'never-made')
    await expect(extract(fixture, ['cron/crontab', 'files/none'], { into })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(existsSync(into)).toBe(false)
  })

  test('replaces nothing that is there', async () => {
    const into = mkdtempSync(join(folder, 'full-'))
    mkdirSync(join(into, 'cron'))
    writeFileSync(join(into, 'cron/crontab'), 'mine')
    const report = await extract(fixture, ['cron'], { into })
    expect(report).toMatchObject({ files: 0, left: [{ path: 'cron/crontab' }] })
    expect(readFileSync(join(into, 'cron/crontab'), 'utf8')).toBe('mine')
  })

  test('leaves out a damaged file, says so, and writes the rest', async () => {
    const archive = Buffer.from(fixture.archive)
    const line =
      fixture.indexLines.findLast(
        (text) => text.startsWith('{"m"') && Number(text.split(',')[2]) > 100_000,
      ) ?? ''
    const { m } = JSON.parse(line) as { m: [string, number, number] }
    archive[m[1] + 90_000] = archive.readUInt8(m[1] + 90_000) ^ 1
    const { files, left, into } = await extract({ archive, index: fixture.index })
    expect(files).toBeGreaterThan(5)
    expect(left.map(({ path }) => path)).toContain('files/public_html/photo.jpg')
    expect(existsSync(join(into, 'files/public_html/photo.jpg'))).toBe(false)
  })

  test('leaves no half file when it is cancelled', async () => {
    const abort = new AbortController()
    const into = mkdtempSync(join(folder, 'cancelled-'))
    const run = extract(fixture, [], { into, signal: abort.signal })
    setImmediate(() => abort.abort())
    await run.catch(() => undefined)
    for (const { path, content = '', type = 'file' } of accountEntries) {
      const name = Buffer.concat([Buffer.from(`${into}/`), Buffer.from(path)])
      if (type === 'file' && existsSync(name))
        expect(readFileSync(name)).toHaveLength(Buffer.byteLength(content))
    }
  })
})

describe('names on other computers', () => {
  const x = { content: 'planted' }
  const entries = [
    { path: 'files/CON', ...x },
    { path: 'files/aux.txt', ...x },
    { path: 'files/a:b', ...x },
    { path: 'files/dot.', ...x },
    { path: 'files/Readme', ...x },
    { path: 'files/README', ...x },
    { path: Buffer.from('files/caf\xe9', 'latin1'), ...x },
  ]

  test('of Windows are changed where they must be, and the list says so', async () => {
    const { into, left, files } = await extract(buildFixture(entries), ['files'], { rules: 'windows' })
    expect(readdirSync(join(into, 'files')).sort()).toEqual([
      'Readme',
      '_CON',
      '_aux.txt',
      'a_b',
      'caf%e9',
      'dot_',
    ])
    expect(files).toBe(6)
    expect(left.find(({ path }) => path === 'files/README')?.why).toContain('Readme')
    expect(left.find(({ path }) => path === 'files/CON')?.why).toContain('files/_CON')
  })

  test('of macOS are changed only where they are not UTF-8', async () => {
    const { into } = await extract(buildFixture(entries), ['files'], { rules: 'unicode' })
    expect(readdirSync(join(into, 'files')).sort()).toEqual([
      'CON',
      'Readme',
      'a:b',
      'aux.txt',
      'caf%e9',
      'dot.',
    ])
  })
})
