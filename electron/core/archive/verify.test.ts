import { hash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { OuterManifest, type VerifyLevel } from '../../../shared/model/backup.ts'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture, type Fixture, type FixtureEntry } from './fixture.ts'
import { damaged, mutations } from './mutation.ts'
import { noise, oneComponent, testArchive, testFile, testMeta } from './test-archive.ts'
import { verifyArchive } from './verify.ts'
import type { VerifyReport } from './verify-report.ts'

const { signal } = new AbortController()
const fixture = buildFixture(accountEntries, { cut: 4096 })

interface Parts {
  readonly archive: Buffer
  readonly index?: Buffer | null
  readonly outer?: OuterManifest | null
}

function verify(parts: Parts, level: VerifyLevel = 'deep'): Promise<VerifyReport> {
  const { archive, index = null, outer = null } = parts
  const source = bufferSource(archive)
  return verifyArchive({ level, source, index: index && bufferSource(index), manifest: outer, signal })
}

/** The archive anew, with index and manifest that fit it: only what is inside is wrong. */
function changed(
  entries: readonly FixtureEntry[],
  options: Parameters<typeof buildFixture>[1] = {},
): Fixture {
  return buildFixture(entries, options)
}

const codes = ({ findings }: VerifyReport) => [...new Set(findings.map(({ code }) => code))]
const withEntry = (...more: FixtureEntry[]) => [...accountEntries, ...more]

describe('verifying a good archive', () => {
  test.each(['stored', 'read', 'deep'] as const)('%s finds nothing', async (level) => {
    const report = await verify(fixture, level)
    expect(report).toMatchObject({ level, verdict: 'good', findings: [], findingCount: 0 })
    expect(report.counts.bytes).toBeGreaterThan(fixture.archive.length - 30)
  })

  test('counts what it saw', async () => {
    const { counts } = await verify(fixture)
    expect(counts).toMatchObject({ entries: accountEntries.length + 2, folders: 2, links: 2, dumps: 1 })
    expect(counts.segments).toBe(fixture.outer.archive.segments)
  })

  test('takes a hard link to a symbolic link for whole', async () => {
    const link = { path: 'files/again', type: 'hardlink', target: 'files/current' } as const
    expect(await verify(buildFixture(withEntry(link)))).toMatchObject({ verdict: 'good', findings: [] })
  })

  test('needs neither index nor manifest for a lone file', async () => {
    expect(await verify({ archive: fixture.archive })).toMatchObject({ verdict: 'good', findings: [] })
  })

  test('agrees with what the writer makes, large entries and dumps included', async () => {
    const dump = Buffer.from(`${'INSERT INTO `t` VALUES (1);\n'.repeat(1000)}-- Dump completed\n`)
    const made = await testArchive(async (writer) => {
      const files = await oneComponent(writer, async (component) => {
        await component.entry(...testFile('files/large.bin', noise(9_000_000)))
        await component.entry(...testFile('files/small.txt', Buffer.from('small')))
        const target = Buffer.from('files/small.txt')
        await component.entry(
          testMeta('files/link', { type: 'hardlink', linkTarget: target }),
          Buffer.alloc(0),
        )
        const raw = Buffer.from('files/caf\xe9', 'latin1')
        await component.entry(testMeta(raw, { ctime: 1_700_000_000_000_000_001n }), Buffer.alloc(0))
      })
      const mysql = writer.component('mysql', 'shop')
      await mysql.entry(...testFile('databases/mysql/shop.sql', dump))
      mysql.part({ kind: 'table', name: 't', from: 0, to: 100 })
      const outcome = { tool: null, version: null, detail: {}, missing: false }
      return [...files, await mysql.close(outcome)]
    })
    const outer = OuterManifest.parse({
      ...made.manifest,
      archive: made.archive,
      index: made.index,
      copy: { name: 'alice.tar.gz', verified: null },
    })
    const report = await verify({ archive: made.bytes, index: made.indexBytes, outer })
    expect(report).toMatchObject({ verdict: 'good', findings: [] })
    expect(await verify({ archive: made.bytes })).toMatchObject({ verdict: 'good', findings: [] })
  })

  test('tells how far it is, and stops when it is cancelled', async () => {
    const abort = new AbortController()
    const seen: number[] = []
    const options = { level: 'deep', index: null, manifest: null, signal: abort.signal } as const
    const source = bufferSource(fixture.archive)
    await verifyArchive({ ...options, source, progress: ({ bytes }) => seen.push(bytes) })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    const cancelled = verifyArchive({ ...options, source, progress: () => abort.abort() })
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('verifying what was stored', () => {
  test('believes the checksum of a destination, and no other', async () => {
    const options = { level: 'stored', source: bufferSource(fixture.archive), signal } as const
    const index = bufferSource(fixture.index)
    const manifest = fixture.outer
    const checksum = hash('sha256', fixture.archive)
    expect(await verifyArchive({ ...options, index, manifest, checksum })).toMatchObject({
      verdict: 'good',
      counts: { bytes: 0 },
    })
    const other = await verifyArchive({ ...options, index, manifest, checksum: '0'.repeat(64) })
    expect(codes(other)).toEqual(['stored'])
  })

  test.each(['stored', 'read', 'deep'] as const)('%s misses an index that is gone', async (level) => {
    const report = await verify({ archive: fixture.archive, outer: fixture.outer }, level)
    expect(report).toMatchObject({ verdict: 'damaged', findings: [{ code: 'index' }] })
  })

  test.each(['read', 'deep'] as const)(
    '%s says what a damaged index is, and reads on without it',
    async (level) => {
      const index = fixture.index.subarray(0, -30)
      const report = await verify({ ...fixture, index }, level)
      expect(codes(report)).toEqual(['index'])
      expect(report.counts.segments).toBe(fixture.outer.archive.segments)
    },
  )

  test('goes on after damage and finds the rest of it', async () => {
    const archive = Buffer.from(fixture.archive)
    for (const at of [40, archive.length >> 1, archive.length - 60]) archive[at] = archive.readUInt8(at) ^ 1
    const { findings } = await verify({ ...fixture, archive }, 'read')
    expect(findings.filter(({ code }) => code === 'bytes').length).toBeGreaterThanOrEqual(3)
  })
})

describe('verifying an archive that does not agree with itself', () => {
  test.each<[string, Fixture, string]>([
    ['a dump that was cut', changed(withEntry({ path: 'databases/mysql/b.sql', content: 'INSERT' })), 'dump'],
    [
      'a dump without pg_dump in it',
      changed(withEntry({ path: 'databases/postgresql/b.dump', content: 'x' })),
      'dump',
    ],
    [
      'a hard link to nothing',
      changed(withEntry({ path: 'files/h', type: 'hardlink', target: 'files/none' })),
      'hard-link',
    ],
    [
      'a hard link before its target',
      changed([{ path: 'files/h', type: 'hardlink', target: 'files/t' }, { path: 'files/t' }]),
      'hard-link',
    ],
    ['one closing block', changed(accountEntries, { closing: Buffer.alloc(512) }), 'tar'],
    ['no closing block', changed(accountEntries, { closing: Buffer.alloc(0) }), 'tar'],
    ['more closing blocks', changed(accountEntries, { closing: Buffer.alloc(10_240) }), 'tar'],
    [
      'bytes after the closing blocks',
      changed(accountEntries, { closing: Buffer.alloc(2048).fill(1, 1024) }),
      'tar',
    ],
    [
      'another nonce at its end',
      changed(accountEntries, { manifest: (m) => ({ ...m, nonce: 'f'.repeat(32) }) }),
      'tar',
    ],
    [
      'a component with other counts',
      changed(accountEntries, {
        manifest: (m) => ({ ...m, components: m.components.map((c) => ({ ...c, items: c.items + 1 })) }),
      }),
      'component',
    ],
    [
      'a component with another hash',
      changed(accountEntries, {
        manifest: (m) => ({ ...m, components: m.components.map((c) => ({ ...c, sha256: '0'.repeat(64) })) }),
      }),
      'component',
    ],
    [
      'pieces that its manifest does not name',
      changed(accountEntries, {
        manifest: (m) => ({ ...m, restart: m.restart.slice(1) }),
      }),
      'tar',
    ],
  ])('finds %s', async (_, fixture, code) => {
    const report = await verify(fixture)
    expect(report.verdict).toBe('damaged')
    expect(codes(report)).toContain(code)
  })

  test.each<[string, (line: string) => string | null]>([
    ['mode', (line) => line.replace('"o":420', '"o":511')],
    ['owner', (line) => line.replace('"u":1000', '"u":0')],
    ['time', (line) => line.replace('123456789', '123456788')],
    ['hash', (line) => line.replace(/"h":"../, '"h":"00')],
    ['name', (line) => line.replace('index.php', 'Index.php')],
    ['presence', () => null],
  ])('finds an index line with another %s', async (_, change) => {
    const lines = fixture.indexLines.flatMap((line) => {
      const other = line.includes('index.php') ? change(line) : line
      return other === null ? [] : [other]
    })
    const index = gzipSync(lines.map((line) => `${line}\n`).join(''))
    const outer = { ...fixture.outer, index: { size: index.length, sha256: hash('sha256', index) } }
    const report = await verify({ archive: fixture.archive, index, outer })
    expect(report.verdict).toBe('damaged')
    expect(codes(report).some((code) => code === 'entry' || code === 'index')).toBe(true)
  })

  test('refuses to judge what needs a newer version', async () => {
    const newer = buildFixture(accountEntries, { manifest: (m) => ({ ...m, needs: ['sealed'] }) })
    await expect(verify({ archive: newer.archive })).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe('a manifest that was edited or is from another run', () => {
  const edits: [string, (outer: OuterManifest) => OuterManifest][] = [
    ['another nonce', (m) => ({ ...m, nonce: 'f'.repeat(32) })],
    ['another id', (m) => ({ ...m, id: m.id.replace('1', '2') })],
    ['another result', (m) => ({ ...m, result: 'partial' })],
    ['a component less', (m) => ({ ...m, components: m.components.slice(1) })],
    ['another time', (m) => ({ ...m, finishedAt: '2027-04-08T02:01:00.000Z' })],
    ['another source', (m) => ({ ...m, source: { ...m.source, name: 'bob' } })],
    ['another size', (m) => ({ ...m, archive: { ...m.archive, size: m.archive.size + 1 } })],
    ['another tree', (m) => ({ ...m, archive: { ...m.archive, tree: '0'.repeat(64) } })],
    ['another number of pieces', (m) => ({ ...m, archive: { ...m.archive, segments: 1 } })],
    ['another checksum', (m) => ({ ...m, archive: { ...m.archive, sha256: '0'.repeat(64) } })],
    ['another index', (m) => ({ ...m, index: { ...m.index, sha256: '0'.repeat(64) } })],
  ]
  test.each(edits)('with %s is found by reading', async (_, edit) => {
    const report = await verify({ ...fixture, outer: edit(fixture.outer) }, 'read')
    expect(report.verdict).toBe('damaged')
  })

  test('with another number of entries is found by walking', async () => {
    const outer = { ...fixture.outer, archive: { ...fixture.outer.archive, entries: 3 } }
    expect((await verify({ ...fixture, outer })).verdict).toBe('damaged')
  })

  test('swapped with that of another run of the same source is found at every level', async () => {
    const other = buildFixture(accountEntries, { cut: 4096, nonce: '1'.repeat(32) })
    for (const level of ['stored', 'read', 'deep'] as const) {
      expect((await verify({ ...fixture, outer: other.outer }, level)).verdict).toBe('damaged')
    }
    const swapped = await verify({ ...fixture, index: other.index, outer: fixture.outer }, 'read')
    expect(codes(swapped)).toContain('index')
  })

  test('may differ in what belongs to the copy', async () => {
    const copy = {
      name: 'other.tar.gz',
      verified: { level: 'deep', at: '2026-05-01T00:00:00.000Z' },
    } as const
    expect((await verify({ ...fixture, outer: { ...fixture.outer, copy } })).verdict).toBe('good')
  })
})

describe('verifying a foreign archive', () => {
  test('never calls it complete', async () => {
    for (const level of ['read', 'deep'] as const) {
      const report = await verify({ archive: gzipSync(fixture.tar) }, level)
      expect(report).toMatchObject({ verdict: 'foreign', findings: [{ code: 'foreign' }] })
    }
  })

  test('calls one of ours damaged when it was repacked behind its manifest', async () => {
    const report = await verify({ ...fixture, archive: gzipSync(fixture.tar) })
    expect(report.verdict).toBe('damaged')
  })

  test('cut at every boundary between two entries and packed again, ours is never good', async () => {
    const tar = gunzipSync(fixture.archive)
    const starts = fixture.indexLines.flatMap((line) => {
      const { a } = JSON.parse(line) as { a?: number }
      return a === undefined ? [] : [a]
    })
    for (const at of starts) {
      for (const closing of [0, 512, 1024]) {
        const archive = gzipSync(Buffer.concat([tar.subarray(0, at), Buffer.alloc(closing)]))
        expect((await verify({ archive })).verdict).not.toBe('good')
        expect((await verify({ ...fixture, archive })).verdict).toBe('damaged')
      }
    }
  })

  test('finds damage in it', async () => {
    const archive = gzipSync(fixture.tar)
    const flipped = Buffer.from(archive)
    flipped[archive.length >> 1] = flipped.readUInt8(archive.length >> 1) ^ 4
    for (const bytes of [
      flipped,
      archive.subarray(0, -1),
      archive.subarray(0, 1000),
      Buffer.alloc(0),
      Buffer.from('x'),
    ]) {
      expect((await verify({ archive: bytes })).verdict).toBe('damaged')
    }
  })
})

describe('a sample of 200 mutations', () => {
  test('is found without exception', async () => {
    const missed: string[] = []
    for (const mutation of mutations(fixture, { flips: 100, cuts: 100, seed: 'sample' })) {
      const { level, name, archive, index, outer } = damaged(fixture, mutation)
      const report = outer === null ? null : await verify({ archive, index, outer }, level)
      if (report?.verdict !== 'damaged' && outer !== null) missed.push(name)
    }
    expect(missed).toEqual([])
  })
})
