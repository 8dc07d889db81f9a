import { describe, expect, it } from 'vitest'
import type { EntryMeta } from './archive-writer.ts'
import { bufferSource } from './byte-source.ts'
import { fillLimit } from './segment-cutter.ts'
import {
  chunked,
  headerPlaces,
  oneComponent,
  plainOutcome,
  testArchive,
  testFile,
  testMeta,
  text,
  type TestArchive,
} from './test-archive.ts'
import { verifyArchive } from './verify.ts'

const signal = new AbortController().signal
const MiB = 2 ** 20
const nothing = Buffer.alloc(0)

/** Where the segments of an archive begin, in bytes of tar. */
const starts = ({ lines }: TestArchive) => lines.flatMap(({ m }) => (m ? [(m as number[])[3]!] : []))

describe('an archive', () => {
  it('begins a segment with each component, the manifest, an entry over 4 MiB and what follows it', async () => {
    const archive = await testArchive(async (writer) => {
      const first = writer.component('files', 'files')
      await first.entry(...testFile('files/a', text(1000)))
      await first.entry(...testFile('files/large', text(5 * MiB)))
      await first.entry(...testFile('files/b', text(1000)))
      await first.entry(...testFile('files/c', text(1000)))
      const summary = await first.close(plainOutcome)
      const second = writer.component('cron', 'cron')
      await second.entry(...testFile('cron/crontab', text(1000)))
      return [summary, await second.close(plainOutcome)]
    })
    const places = headerPlaces(archive.tar)
    expect(starts(archive).map((start) => places.get(start) ?? null)).toEqual([
      'holdfast.json',
      'files/a',
      'files/large',
      null,
      'files/b',
      'cron/crontab',
      'manifest.json',
    ])
    expect(archive.manifest.components.map(({ segments }) => segments)).toEqual([
      [1, 4],
      [5, 5],
    ])
  })

  it('cuts before the last header block of an entry, where none is over 4 MiB, and never between two', async () => {
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        for (let i = 0; i < 9; i += 1) await component.entry(...testFile(`files/${i}`, text(1.5 * MiB, i)))
      }),
    )
    const places = headerPlaces(archive.tar)
    const entries = new Set(archive.lines.map(({ a }) => a))
    const cuts = starts(archive).slice(1)
    expect(cuts.length).toBe(6)
    for (const cut of cuts) expect([places.has(cut), entries.has(cut)]).toEqual([true, false])
  })

  it('gives an entry a pax header for a cut to lie in, and only there', async () => {
    const plain = (path: string): EntryMeta => testMeta(path, { mtime: 1_700_000_000_000_000_000n })
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        for (const path of ['files/a', 'files/b', 'files/c']) await component.entry(plain(path), nothing)
      }),
    )
    const lengths = [...headerPlaces(archive.tar)].map(([header, path]) => {
      const offset = archive.lines.find(({ p }) => p === path)!['a'] as number
      return [path, header - offset]
    })
    expect(lengths).toEqual([
      ['holdfast.json', 0],
      ['account.json', 0],
      ['files/a', 1024],
      ['files/b', 0],
      ['files/c', 0],
      ['manifest.json', 1024],
    ])
    const [start, end] = starts(archive).slice(1)
    expect(archive.tar.toString('latin1', start! - 512, start! - 492)).toBe('20 mtime=1700000000\n')
    expect(archive.tar.toString('latin1', end! - 512, end! - 492)).toMatch(/^20 mtime=\d{10}\n$/)
  })

  it('cuts after the first header block where a segment has no room for more', async () => {
    const pax = new Map([['SCHILY.xattr.user.note', Buffer.alloc(3000, 'x')]])
    const fill = 4 * MiB - 1024
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        await component.entry(...testFile('files/a', text(fill - 512)))
        await component.entry(testMeta('files/b', { pax }), nothing)
      }),
    )
    const { a } = archive.lines.find(({ p }) => p === 'files/b')!
    expect(starts(archive)).toContain((a as number) + 512)
    const report = await verifyArchive({
      level: 'deep',
      source: bufferSource(archive.bytes),
      index: bufferSource(archive.indexBytes),
      manifest: null,
      signal,
    })
    expect(report).toMatchObject({ verdict: 'good', findings: [] })
  })

  it.each([-512, 0, 512, 1024, fillLimit])(
    'never ends a segment between two entries where one of them fills it up, but for %i bytes',
    async (rest) => {
      const archive = await testArchive((writer) =>
        oneComponent(writer, async (component) => {
          await component.entry(...testFile('files/large', text(2 * fillLimit - 512 - rest)))
          const { size: _size, type: _type, ...meta } = testMeta('files/dump')
          const body = chunked(text(2 * fillLimit - rest))
          await component.spooled({ meta, body, prove: () => Promise.resolve() }, { signal })
          await component.entry(...testFile('files/b', text(fillLimit - 512 - Math.max(0, rest))))
          await component.entry(...testFile('files/c', nothing))
        }),
      )
      const entries = new Set(archive.lines.map(({ a }) => a))
      for (const start of starts(archive).slice(1)) expect(entries.has(start)).toBe(false)
      const ends = archive.lines.flatMap(({ m }) => (m ? [(m as number[])[4]!] : []))
      expect(Math.max(...ends)).toBeLessThanOrEqual(4 * MiB)
    },
  )
})
