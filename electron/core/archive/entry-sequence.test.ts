import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bufferSource, type ByteSource } from './byte-source.ts'
import { openArchive } from './reader.ts'
import { noise, oneComponent, testArchive, testFile, text, type TestArchive } from './test-archive.ts'

const { signal } = new AbortController()
const cacheFolder = mkdtempSync(join(tmpdir(), 'sequence-'))
afterAll(() => rmSync(cacheFolder, { recursive: true }))

/** Sizes that begin, fill and span segments. */
const sizes = [
  0, 10, 511, 512, 5_000_000, 3, 1_500_000, 1_500_000, 1_500_000, 70_000, 9_000_000, 1, 2, 300_000,
]
let made: TestArchive
beforeAll(async () => {
  made = await testArchive((writer) =>
    oneComponent(writer, async (component) => {
      for (const [n, size] of sizes.entries()) {
        await component.entry(...testFile(`files/f${n}`, n % 2 ? noise(size, n) : text(size, n)))
      }
    }),
  )
})

function counted(bytes: Buffer): { source: ByteSource; read: () => number } {
  const inner = bufferSource(bytes)
  let count = 0
  const source: ByteSource = {
    size: inner.size,
    read: (range, options) => {
      count += range.end - range.start
      return inner.read(range, options)
    },
    stream: (range, options) => {
      const stream = inner.stream(range, options)
      stream.on('data', (chunk: Buffer) => (count += chunk.length)).pause()
      return stream
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  }
  return { source, read: () => count }
}

describe.each(['ours', 'foreign'] as const)('of an archive that is %s', (whose) => {
  const open = (source?: ByteSource) =>
    whose === 'ours'
      ? openArchive({
          source: source ?? bufferSource(made.bytes),
          index: bufferSource(made.indexBytes),
          cacheFolder,
          signal,
        })
      : openArchive({ source: source ?? bufferSource(gzipSync(made.tar, { level: 1 })), cacheFolder, signal })

  test.each([
    ['all', sizes.map((_, n) => n)],
    ['every third', [0, 3, 6, 9, 12]],
    ['the first and the last', [0, 13]],
    ['some backwards and twice', [10, 4, 4, 13, 0, 11]],
  ])('%s are what they are on their own', async (_which, chosen) => {
    await using reader = await open()
    await using sequence = reader.sequence({ signal })
    for (const n of chosen) {
      const entry = reader.stat(Buffer.from(`files/f${n}`))!
      const { meta, content } = await sequence.open(entry)
      expect([meta.path.toString(), meta.size]).toEqual([`files/f${n}`, sizes[n]])
      const bytes = await buffer(content)
      expect(bytes.equals(await buffer(reader.content(entry, { signal })))).toBe(true)
    }
  })

  test('contents that nobody reads, or not to the end, are passed over', async () => {
    await using reader = await open()
    await using sequence = reader.sequence({ signal })
    for (const [n] of sizes.entries()) {
      const entry = reader.stat(Buffer.from(`files/f${n}`))!
      const { content } = await sequence.open(entry)
      if (n % 3 === 0) await content.next()
      if (n === 13) expect((await buffer(content)).length).toBe(sizes[n])
    }
  })

  test('a content that was left for the next is gone', async () => {
    await using reader = await open()
    await using sequence = reader.sequence({ signal })
    const { content } = await sequence.open(reader.stat(Buffer.from('files/f4'))!)
    await sequence.open(reader.stat(Buffer.from('files/f5'))!)
    await expect(buffer(content)).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('a wrong hash is told, and the next entry is good', async () => {
    await using reader = await open()
    await using sequence = reader.sequence({ signal })
    const entry = reader.stat(Buffer.from('files/f6'))!
    const { content } = await sequence.open({ ...entry, sha256: Buffer.alloc(32) })
    await expect(buffer(content)).rejects.toMatchObject({ code: 'corrupt' })
    await expect(
      sequence.open({ ...entry, path: Buffer.from('x'), offset: entry.offset }),
    ).rejects.toMatchObject({
      code: 'corrupt',
    })
    const after = await sequence.open(reader.stat(Buffer.from('files/f7'))!)
    expect((await buffer(after.content)).length).toBe(sizes[7])
  })
})

test('one small file costs one segment, all files cost the archive once', async () => {
  const { source, read } = counted(made.bytes)
  await using reader = await openArchive({
    source,
    index: bufferSource(made.indexBytes),
    cacheFolder,
    signal,
  })
  await using one = reader.sequence({ signal })
  const before = read()
  await buffer((await one.open(reader.stat(Buffer.from('files/f9'))!)).content)
  expect(read() - before).toBeLessThan(5_000_000)
  await using all = reader.sequence({ signal })
  const start = read()
  for (const entry of reader.entries())
    if (entry.type === 'file') await buffer((await all.open(entry)).content)
  expect(read() - start).toBeLessThan(made.bytes.length * 1.6)
})

test('a foreign archive of one long member is inflated once, however many files it has', async () => {
  const many = await testArchive((writer) =>
    oneComponent(writer, async (component) => {
      for (let n = 0; n < 120; n += 1) await component.entry(...testFile(`files/f${n}`, text(700_000, n)))
    }),
  )
  const stored = gzipSync(many.tar, { level: 1 })
  expect(many.tar.length).toBeGreaterThan(64 * 2 ** 20)
  const { source, read } = counted(stored)
  await using reader = await openArchive({ source, cacheFolder, signal })
  await using sequence = reader.sequence({ signal })
  const before = read()
  for (const entry of reader.entries()) {
    if (entry.type === 'file')
      expect((await buffer((await sequence.open(entry)).content)).length).toBe(entry.size)
  }
  expect(read() - before).toBeLessThan(stored.length * 1.5)
})
