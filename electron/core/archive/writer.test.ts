import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants, crc32, gunzipSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  chunked,
  noise,
  oneComponent,
  plainOutcome,
  stillClock,
  tarOf,
  testArchive,
  testDraft,
  testFile,
  testIdentity,
  testMeta,
  text,
} from './test-archive.ts'
import { createArchiveWriter } from './writer.ts'

const signal = new AbortController().signal
const MiB = 2 ** 20

describe('an archive', () => {
  it('has its identity first, its manifest last and two zero blocks, and nothing after', async () => {
    const archive = await testArchive(
      (writer) =>
        oneComponent(writer, (component) =>
          component.entry(...testFile('files/a.txt', Buffer.from('hello'))),
        ),
      { credentials: { hash: '$6$x' } },
    )
    const list = execFileSync('tar', ['-tvf', '-'], { input: archive.tar, encoding: 'utf8' })
    expect(list.split('\n').map((line) => line.split(' ').at(-1))).toEqual([
      'holdfast.json',
      'account.json',
      'credentials.json',
      'files/a.txt',
      'manifest.json',
      '',
    ])
    expect(list).toMatch(/^-rw------- root\/root .* credentials\.json$/m)
    expect(archive.tar.subarray(-1024).equals(Buffer.alloc(1024))).toBe(true)
    expect(archive.tar.subarray(-1536, -1024).equals(Buffer.alloc(512))).toBe(false)
  })

  it('is one gzip member of segments that inflate alone, as the index says', async () => {
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        for (let i = 0; i < 12; i += 1) await component.entry(...testFile(`files/${i}`, text(MiB, i)))
      }),
    )
    expect(archive.bytes.toString('hex', 0, 10)).toBe('1f8b0800000000000003')
    const segments = archive.lines.flatMap(({ m }) =>
      m ? [m as [string, number, number, number, number, number, string]] : [],
    )
    expect(segments.length).toBe(archive.archive.segments)
    const tree = createHash('sha256')
    let offset = 10
    let tarOffset = 0
    for (const [kind, start, length, tarStart, tarLength, checksum, sha256] of segments) {
      expect([kind, start, tarStart]).toEqual(['s', offset, tarOffset])
      const stored = archive.bytes.subarray(start, start + length)
      expect(stored.subarray(-4).toString('hex')).toBe('0000ffff')
      const tar = inflateRawSync(stored, { finishFlush: constants.Z_SYNC_FLUSH })
      expect([tar.length, crc32(tar)]).toEqual([tarLength, checksum])
      expect(tar.equals(archive.tar.subarray(tarStart, tarStart + tarLength))).toBe(true)
      expect(createHash('sha256').update(stored).digest('hex')).toBe(sha256)
      expect(tarLength).toBeLessThanOrEqual(4 * MiB)
      tree.update(Buffer.from(sha256, 'hex'))
      offset += length
      tarOffset += tarLength
    }
    expect(archive.bytes.length).toBe(offset + 10)
    expect(archive.bytes.readUInt32LE(offset + 2)).toBe(crc32(archive.tar))
    expect(archive.bytes.readUInt32LE(offset + 6)).toBe(archive.tar.length)
    expect(archive.archive).toMatchObject({
      size: archive.bytes.length,
      tree: tree.digest('hex'),
      sha256: createHash('sha256').update(archive.bytes).digest('hex'),
      entries: 15,
    })
    expect(archive.index).toEqual({
      size: archive.indexBytes.length,
      sha256: createHash('sha256').update(archive.indexBytes).digest('hex'),
    })
    const { entries, segments: count, size, tree: whole } = archive.archive
    expect(archive.lines.at(-1)).toEqual({ end: { entries, segments: count, size, tree: whole } })
    expect(archive.lines[0]).toEqual({ format: 1, id: testIdentity.id })
  })

  it('stores what does not shrink, and deflates the rest', async () => {
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        await component.entry(...testFile('files/photo.jpg', noise(5 * MiB)))
        await component.entry(...testFile('files/text', text(5 * MiB)))
      }),
    )
    const ratios = archive.lines.flatMap(({ m }) => (m ? [(m as number[])[2]! / (m as number[])[4]!] : []))
    expect(ratios.map((ratio) => (ratio > 0.99 ? 'stored' : 'deflated'))).toEqual([
      'deflated',
      'stored',
      'stored',
      'deflated',
      'deflated',
      'deflated',
    ])
    for (const ratio of ratios) expect(ratio).toBeLessThan(1.001)
  })

  it('is the same for the same input, whatever the parallelism and the chunks', async () => {
    const tar = tarOf(Array.from({ length: 40 }, (_, i) => testFile(`files/${i}`, text(i * 40_000, i))))
    const write = (parallelism: number, chunk: number) =>
      testArchive(
        (writer) =>
          oneComponent(writer, (component) =>
            component.tar(chunked(tar, chunk), { map: (meta) => meta, signal }),
          ),
        { parallelism },
      )
    const [first, second] = [await write(1, 65_536), await write(4, 12_345)]
    expect(second.bytes.equals(first.bytes)).toBe(true)
    expect(second.manifest).toEqual(first.manifest)
  })

  it('lists every entry with its place and SHA-256, and the sum of a component over its own lines', async () => {
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        await component.entry(...testFile('databases/mysql/shop.sql', text(9 * MiB)))
        component.part({ kind: 'table', name: 'users', from: 10, to: 99 })
        component.warn({ code: 'moved', path: 'files/x' })
        await component.entry(
          testMeta(Buffer.from([0x66, 0xe9]), { type: 'symlink', linkTarget: Buffer.from('t') }),
          Buffer.alloc(0),
        )
      }),
    )
    const raw = gunzipSync(archive.indexBytes)
      .toString()
      .split(/(?<=\n)/)
    const own = raw.slice(
      raw.findIndex((line) => line.includes('shop.sql')),
      raw.findIndex((line) => line.includes('manifest.json')),
    )
    const sum = createHash('sha256')
      .update(own.filter((line) => /^\{"[pbx]"/.test(line)).join(''))
      .digest('hex')
    expect(archive.manifest.components[0]).toMatchObject({
      sha256: sum,
      items: 2,
      bytes: 9 * MiB,
      status: 'warnings',
    })
    const dump = archive.lines.find(({ p }) => p === 'databases/mysql/shop.sql')!
    expect(dump).toMatchObject({
      t: 'f',
      s: 9 * MiB,
      o: 0o644,
      u: 1000,
      g: 1000,
      d: '1700000000123456789',
      h: createHash('sha256')
        .update(text(9 * MiB))
        .digest('hex'),
    })
    expect(archive.lines).toContainEqual({ x: 'table', e: dump['a'], n: 'users', r: [10, 99] })
    expect(archive.lines).toContainEqual(expect.objectContaining({ b: 'Zuk=', t: 'l', l: 't' }))
    expect(archive.lines).toContainEqual({ w: 'moved', p: 'files/x' })
  })

  it('keeps at most 1,000 warnings and skipped paths in the manifest, and all of them in the index', async () => {
    const archive = await testArchive(async (writer) => {
      for (let i = 0; i < 1500; i += 1) writer.skip({ path: `mnt/${i}`, why: 'a mount' })
      const component = writer.component('files', 'files')
      for (let i = 0; i < 1200; i += 1) component.warn({ code: 'unreadable', path: `files/${i}` })
      return [await component.close({ ...plainOutcome, missing: true })]
    })
    const [summary] = archive.manifest.components
    expect(summary).toMatchObject({ status: 'missing', warningCount: 1200, segments: null, items: 0 })
    expect(summary?.warnings.length).toBe(1000)
    expect([archive.manifest.skipped.length, archive.manifest.skippedCount]).toEqual([1000, 1500])
    expect(archive.lines.filter(({ w }) => w === 'unreadable').length).toBe(1200)
    expect(archive.lines.filter(({ w }) => w === 'skipped').length).toBe(1500)
  })

  it('has the length of every segment before the manifest in it', async () => {
    const archive = await testArchive((writer) =>
      oneComponent(writer, (component) => component.entry(...testFile('files/a', text(9 * MiB)))),
    )
    const line = archive.lines.find(({ p }) => p === 'manifest.json')!
    const start = (line['a'] as number) + 1536
    const inner = JSON.parse(archive.tar.toString('utf8', start, start + (line['s'] as number))) as {
      restart: unknown
    }
    const before = archive.lines
      .flatMap(({ m }) => (m ? [[(m as number[])[2], (m as number[])[4]]] : []))
      .slice(0, -1)
    expect(inner.restart).toEqual(before)
  })

  it('refuses the manifest of another archive, and to finish with a component open', async () => {
    await expect(
      testArchive((writer) => {
        writer.component('files', 'files')
        return Promise.resolve([])
      }),
    ).rejects.toMatchObject({ code: 'internal' })
    await using writer = await createArchiveWriter({
      identity: testIdentity,
      account: null,
      credentials: null,
      sink: () => Promise.resolve(),
      indexSink: () => Promise.resolve(),
      spoolFolder: '/nonexistent',
      clock: stillClock,
      signal,
    })
    await expect(writer.finish({ ...testDraft([]), nonce: '0'.repeat(32) })).rejects.toMatchObject({
      code: 'internal',
    })
  })
})
