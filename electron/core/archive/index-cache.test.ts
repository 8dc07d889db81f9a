import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture, fixtureId } from './fixture.ts'
import { buildIndexCache, openIndexCache } from './index-cache-open.ts'
import type { IndexCache } from './index-cache.ts'
import { readIndex } from './index-read.ts'
import { sampleArchiveSize, sampleIndexText } from './index-sample.ts'

const { signal } = new AbortController()
const fixture = buildFixture(accountEntries)
const size = fixture.archive.length
let cacheFolder = ''
let cache: IndexCache

const lines = () => readIndex(bufferSource(fixture.index), { signal })
const shown = (path: Buffer) => path.toString('latin1')

beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'index-cache-'))
  cache = await buildIndexCache(lines(), { cacheFolder, id: fixtureId, size })
})
afterAll(async () => {
  cache[Symbol.dispose]()
  await rm(cacheFolder, { recursive: true })
})

describe('the cache of an index', () => {
  test('lists a folder with its folders, files and links', () => {
    expect(cache.list(Buffer.from('files/public_html')).map(({ path, type }) => [shown(path), type])).toEqual(
      [
        ['files/public_html/copy.jpg', 'hardlink'],
        ['files/public_html/index.php', 'file'],
        ['files/public_html/photo.jpg', 'file'],
      ],
    )
  })

  test('lists folders that only the paths below them tell of', () => {
    const top = cache.list(Buffer.alloc(0)).map(({ path, implied }) => [shown(path), implied])
    expect(top).toContainEqual(['databases', true])
    expect(top).toContainEqual(['files', false])
    expect(cache.stat(Buffer.from('databases/mysql'))).toMatchObject({ type: 'directory', implied: true })
  })

  test('gives an entry with everything that the index says of it', () => {
    expect(cache.stat(Buffer.from('./files//current'))).toEqual({
      path: Buffer.from('files/current'),
      type: 'symlink',
      size: 0,
      mode: 0o777,
      uid: 1000,
      gid: 1000,
      mtime: 1_775_000_000_123_456_789n,
      ctime: null,
      sha256: null,
      offset: expect.any(Number),
      linkTarget: Buffer.from('public_html'),
      implied: false,
    })
    expect(cache.stat(Buffer.from('files/nothing'))).toBeNull()
  })

  test('knows names that are not UTF-8 by their bytes', () => {
    const name = Buffer.from('files/caf\xe9.txt', 'latin1')
    expect(cache.stat(name)?.path).toEqual(name)
    expect(cache.list(Buffer.from('files')).map(({ path }) => shown(path))).toContain('files/caf\xe9.txt')
    expect(cache.find('caf', { limit: 10 }).entries.map(({ path }) => shown(path))).toEqual([
      'files/caf\xe9.txt',
    ])
  })

  test.each([
    ['INDEX', ['files/public_html/index.php']],
    ['*.sql', ['databases/mysql/_setup.sql', 'databases/mysql/shop.sql']],
    ['????.sql', ['databases/mysql/shop.sql']],
    ['mysql/s', ['databases/mysql/shop.sql']],
    ['files/*/copy.jpg', ['files/public_html/copy.jpg']],
    ['_setup', ['databases/mysql/_setup.sql']],
    ['100%', []],
    ["'; DROP TABLE entry; --", []],
  ])('finds %s', (pattern, paths) => {
    const { entries, more } = cache.find(pattern, { limit: 10 })
    expect(entries.map(({ path }) => shown(path)).sort()).toEqual(paths)
    expect(more).toBe(false)
  })

  test('says when more was found than was asked for', () => {
    expect(cache.find('*', { limit: 3 })).toMatchObject({ more: true, entries: { length: 3 } })
  })

  test('names the segments of a range of tar, and no others', () => {
    const photo = cache.stat(Buffer.from('files/public_html/photo.jpg'))!
    const range = { start: photo.offset, end: cache.endOf(photo) }
    const found = cache.segments(range)
    const all = cache.segments({ start: 0, end: cache.facts.tarLength })
    expect(all).toHaveLength(fixture.outer.archive.segments)
    expect(found).toEqual(
      all.filter((s) => s.tarOffset < range.end && s.tarOffset + s.tarLength > range.start),
    )
  })

  test('holds the last of several entries with one path', async () => {
    const twice = buildFixture([
      { path: 'files/log', content: 'first, and longer' },
      { path: 'files/other', content: '' },
      { path: 'files/log', content: 'second' },
    ])
    const id = fixtureId.replace('1', '2')
    const folder = await mkdtemp(join(cacheFolder, 'twice-'))
    using again = await buildIndexCache(readIndex(bufferSource(buildFixture([], { id }).index), { signal }), {
      cacheFolder: folder,
      id,
      size: buildFixture([], { id }).archive.length,
    })
    expect(again.list(Buffer.from('files'))).toEqual([])
    using later = await buildIndexCache(readIndex(bufferSource(twice.index), { signal }), {
      cacheFolder: folder,
      id: fixtureId,
      size: twice.archive.length,
    })
    expect(later.stat(Buffer.from('files/log'))).toMatchObject({ size: 6 })
    expect(later.list(Buffer.from('files'))).toHaveLength(2)
  })

  test('is opened again, and built again when it is damaged or of another archive', async () => {
    openIndexCache({ cacheFolder, id: fixtureId, size })?.[Symbol.dispose]()
    expect(openIndexCache({ cacheFolder, id: fixtureId, size: size + 1 })).toBeNull()
    expect(openIndexCache({ cacheFolder, id: fixtureId, size, tree: '0'.repeat(64) })).toBeNull()
    const folder = await mkdtemp(join(cacheFolder, 'damaged-'))
    await writeFile(join(folder, `${fixtureId}.sqlite`), 'no database at all')
    expect(openIndexCache({ cacheFolder: folder, id: fixtureId, size })).toBeNull()
    using built = await buildIndexCache(lines(), { cacheFolder: folder, id: fixtureId, size })
    expect(built.facts.end.tree).toBe(fixture.outer.archive.tree)
  })

  test('does not grow with the depth of a path of millions of folders', async () => {
    const id = fixtureId.replace('1', '6')
    const deep = { path: Buffer.alloc(1_000_000, 'd/'), content: '' }
    const { index, archive } = buildFixture([{ path: 'files/a' }, deep], { id })
    const options = { cacheFolder, id, size: archive.length }
    using built = await buildIndexCache(readIndex(bufferSource(index), { signal }), options)
    expect([...built.entries()].some(({ path }) => path.length > 900_000)).toBe(true)
    expect(built.list(Buffer.from('d'))).toEqual([])
  })

  test('leaves nothing behind for an index that is refused', async () => {
    const folder = await mkdtemp(join(cacheFolder, 'refused-'))
    const cut = bufferSource(fixture.index.subarray(0, -20))
    const options = { cacheFolder: folder, id: fixtureId, size }
    await expect(buildIndexCache(readIndex(cut, { signal }), options)).rejects.toMatchObject({
      code: 'corrupt',
    })
    await expect(buildIndexCache(lines(), { ...options, size: 1 })).rejects.toMatchObject({ code: 'corrupt' })
    const other = fixtureId.replace('1', '9')
    await expect(buildIndexCache(lines(), { ...options, id: other })).rejects.toMatchObject({
      code: 'corrupt',
    })
    expect(await readdir(folder)).toEqual([])
  })

  test('answers for 5,000 entries from what it was given', async () => {
    const id = fixtureId.replace('1', '5')
    const index = bufferSource(gzipSync([...sampleIndexText(5000, { id })].join('')))
    using big = await buildIndexCache(readIndex(index, { signal }), {
      cacheFolder,
      id,
      size: sampleArchiveSize(5000),
    })
    expect(big.find('*.jpg', { limit: 10_000 }).entries).toHaveLength(3333)
    expect([...big.entries()]).toHaveLength(5000)
  })
})
