import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { bufferSource, type ByteSource } from './byte-source.ts'
import { accountEntries, buildFixture, fixtureId } from './fixture.ts'
import { openArchive } from './reader.ts'

const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'reader-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fixture = buildFixture(accountEntries, { cut: 4096 })
const expectation = { id: fixtureId, tree: fixture.outer.archive.tree }
const freshCache = () => mkdtempSync(join(folder, 'cache-'))
const photo = Buffer.from('files/public_html/photo.jpg')

/** Counts what is read of an archive. */
function counted(bytes: Buffer): ByteSource & { taken: () => number } {
  const inner = bufferSource(bytes)
  let taken = 0
  return {
    ...inner,
    taken: () => taken,
    read: (range, options) => {
      taken += range.end - range.start
      return inner.read(range, options)
    },
    stream: (range, options) => {
      taken += range.end - range.start
      return inner.stream(range, options)
    },
  }
}

const open = (archive = fixture.archive, index: Buffer | null = fixture.index, cacheFolder = freshCache()) =>
  openArchive({
    source: bufferSource(archive),
    ...(index && { index: bufferSource(index) }),
    cacheFolder,
    signal,
  })

describe('opening an archive', () => {
  test('gives back every file as it went in', async () => {
    await using reader = await open()
    for (const { path, content = '', type = 'file' } of accountEntries) {
      const entry = reader.stat(Buffer.from(path))
      expect(entry?.type).toBe(type)
      if (type !== 'file') continue
      expect((await buffer(reader.content(entry!, { signal }))).equals(Buffer.from(content))).toBe(true)
    }
    expect(reader.origin).toBe('stored')
  })

  test('fetches only the pieces that hold what is asked for', async () => {
    const source = counted(fixture.archive)
    const cacheFolder = freshCache()
    await using reader = await openArchive({
      source,
      index: bufferSource(fixture.index),
      cacheFolder,
      signal,
    })
    await buffer(reader.content(reader.stat(Buffer.from('files/public_html/index.php'))!, { signal }))
    expect(source.taken()).toBeLessThan(fixture.archive.length / 20)
  })

  test('reads nothing at all while it opens from a cache', async () => {
    const cacheFolder = freshCache()
    await (await open(fixture.archive, fixture.index, cacheFolder))[Symbol.asyncDispose]()
    const source = counted(fixture.archive)
    const index = counted(fixture.index)
    await using reader = await openArchive({ source, index, expect: expectation, cacheFolder, signal })
    expect(reader.stat(photo)?.size).toBe(180_000)
    expect([source.taken(), index.taken()]).toEqual([0, 0])
  })

  test('reads a part of a file from the middle', async () => {
    await using reader = await open()
    const whole = accountEntries.find(({ path }) => path === photo.toString())?.content as Buffer
    for (const range of [
      { start: 0, end: 10 },
      { start: 100_000, end: 100_001 },
      { start: 179_990, end: 999_999 },
    ]) {
      const bytes = await buffer(reader.content(reader.stat(photo)!, { signal, range }))
      expect(bytes.equals(whole.subarray(range.start, range.end))).toBe(true)
    }
  })

  test('follows a hard link to the content that it names, and refuses folders and symbolic links', async () => {
    await using reader = await open()
    const link = reader.stat(Buffer.from('files/public_html/copy.jpg'))!
    expect(await buffer(reader.content(link, { signal }))).toHaveLength(180_000)
    for (const path of ['files/current', 'files', 'databases']) {
      expect(() => reader.content(reader.stat(Buffer.from(path))!, { signal })).toThrow(/has no content/)
    }
  })

  test('ends hard links that lead in a circle or nowhere', async () => {
    const { archive, index } = buildFixture([
      { path: 'files/a', type: 'hardlink', target: 'files/b' },
      { path: 'files/b', type: 'hardlink', target: 'files/a' },
      { path: 'files/c', type: 'hardlink', target: 'files/none' },
    ])
    await using reader = await open(archive, index)
    for (const path of ['files/a', 'files/c']) {
      expect(() => reader.resolve(reader.stat(Buffer.from(path))!)).toThrow(/hard link/)
    }
  })

  test('takes the later of two entries with one path', async () => {
    const { archive, index } = buildFixture([
      { path: 'files/log', content: 'first, and longer' },
      { path: 'files/log', content: 'second' },
      { path: 'files/next', content: 'x' },
    ])
    await using reader = await open(archive, index)
    const bytes = await buffer(reader.content(reader.stat(Buffer.from('files/log'))!, { signal }))
    expect(bytes.toString()).toBe('second')
  })

  test.each([
    ['is missing', null],
    ['was cut', fixture.index.subarray(0, -30)],
    ['is of another archive', buildFixture([{ path: 'files/x' }]).index],
    ['is garbage', Buffer.from('garbage')],
  ])('makes the index again where it %s', async (_, index) => {
    await using reader = await open(fixture.archive, index)
    expect(reader.origin).toBe('rebuilt')
    expect(await buffer(reader.content(reader.stat(photo)!, { signal }))).toHaveLength(180_000)
  })

  test('reads what tar and gzip made, sparse files included, and leaves no cache of it', async () => {
    const home = mkdtempSync(join(folder, 'home-'))
    mkdirSync(join(home, 'site'))
    writeFileSync(join(home, 'site/a.txt'), 'hello')
    writeFileSync(join(home, 'site/sparse.img'), 'begin')
    truncateSync(join(home, 'site/sparse.img'), 3_000_000)
    const tar = execFileSync('tar', ['-C', home, '-cSf', '-', '--format=posix', './site'])
    const cacheFolder = freshCache()
    await using reader = await open(gzipSync(tar), null, cacheFolder)
    expect(reader.origin).toBe('foreign')
    const text = await buffer(reader.content(reader.stat(Buffer.from('site/a.txt'))!, { signal }))
    expect(text.toString()).toBe('hello')
    const sparse = reader.stat(Buffer.from('site/sparse.img'))!
    const bytes = await buffer(reader.content(sparse, { signal }))
    expect(bytes.equals(Buffer.concat([Buffer.from('begin'), Buffer.alloc(2_999_995)]))).toBe(true)
    const range = { start: 3, end: 8 }
    expect((await buffer(reader.content(sparse, { signal, range }))).toString()).toBe('in\0\0\0')
    await reader[Symbol.asyncDispose]()
    expect(readdirSync(cacheFolder)).toEqual([])
  })

  test('streams a member that is larger than any segment', async () => {
    const big = buildFixture([
      { path: 'files/zeros', content: Buffer.alloc(70 * 1024 * 1024) },
      { path: 'files/after', content: 'after' },
    ])
    await using reader = await open(gzipSync(big.tar, { level: 1 }), null)
    expect(reader.origin).toBe('foreign')
    const bytes = await buffer(reader.content(reader.stat(Buffer.from('files/after'))!, { signal }))
    expect(bytes.toString()).toBe('after')
  })
})

describe('reading a damaged archive', () => {
  test('fails the stream before its end, whatever bit of the piece is wrong', async () => {
    await using good = await open()
    const { offset } = good.stat(photo)!
    const segment = JSON.parse(
      fixture.indexLines
        .filter((line) => line.startsWith('{"m"'))
        .find((line) => {
          const [, , , at, length] = (JSON.parse(line) as { m: number[] }).m
          return at! <= offset && at! + length! > offset
        }) ?? '',
    ) as { m: [string, number, number] }
    const flipped = Buffer.from(fixture.archive)
    flipped[segment.m[1] + 50_000] = flipped.readUInt8(segment.m[1] + 50_000) ^ 1
    await using reader = await open(flipped)
    await expect(buffer(reader.content(reader.stat(photo)!, { signal }))).rejects.toMatchObject({
      code: 'corrupt',
    })
    const index = await buffer(reader.content(reader.stat(Buffer.from('cron/crontab'))!, { signal }))
    expect(index.toString()).toContain('true')
  })

  test.each([
    ['another hash', /"h":"[0-9a-f]{64}"/, `"h":"${'0'.repeat(64)}"`],
    ['another size', /"s":180000/, '"s":179999'],
    ['another name', /photo.jpg","t":"f"/, 'Photo.jpg","t":"f"'],
  ])('fails where the index claims %s', async (_, from, to) => {
    const at = fixture.indexLines.findIndex((line) => line.includes('photo.jpg","t":"f"'))
    const lines = fixture.indexLines.with(at, (fixture.indexLines[at] ?? '').replace(from, to))
    await using reader = await open(fixture.archive, gzipSync(lines.map((line) => `${line}\n`).join('')))
    const { entries } = reader.find('?hoto.jpg', { limit: 1 })
    await expect(buffer(reader.content(entries[0]!, { signal }))).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('refuses an archive that needs something unknown', async () => {
    const { archive, index } = buildFixture([{ path: 'files/a' }], { needs: ['sealed'] })
    await expect(open(archive, index)).rejects.toMatchObject({ code: 'unsupported' })
    await expect(open(archive, null)).rejects.toMatchObject({ code: 'unsupported' })
  })

  test('ends a stream as cancelled, not as whole', async () => {
    const abort = new AbortController()
    await using reader = await open()
    const content = reader.content(reader.stat(photo)!, abort)
    abort.abort()
    await expect(buffer(content)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
