import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { EntryMeta } from './archive-writer.ts'
import { bufferSource } from './byte-source.ts'
import {
  chunked,
  noise,
  oneComponent,
  plainOutcome,
  sha256,
  tarOf,
  testArchive,
  testFile,
  testMeta,
  text,
} from './test-archive.ts'
import { TarWalk } from './tar/walk.ts'
import { verifyArchive } from './verify.ts'

/*
 * The files in golden/ were written by the first version of the format and are never written again: what is stored
 * somewhere must stay readable, and equal input must go on giving the same tar (FORMAT §2). The compressed bytes
 * may differ with the zlib in use, and so may the manifest, which has their lengths. Their segments end between
 * entries, which writers no longer do and readers go on to accept.
 */

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'golden', name))
const signal = new AbortController().signal
const nothing = Buffer.alloc(0)
const latin1 = (name: string) => Buffer.from(name, 'latin1')
const withoutSize = ({ size: _size, type: _type, ...meta }: EntryMeta) => meta

/** One of everything that format 1 can say. */
const oneOfEverything = () =>
  testArchive(
    async (writer) => {
      const files = writer.component('files', 'files')
      await files.entry(testMeta('files', { type: 'directory', mode: 0o750 }), nothing)
      await files.entry(...testFile('files/index.php', Buffer.from('<?php echo "hello";\n')))
      await files.entry(...testFile('files/empty', nothing))
      await files.entry(...testFile(latin1('files/caf\xe9'), Buffer.from('latin-1\n')))
      await files.entry(...testFile('files/Grüße', Buffer.from('UTF-8\n')))
      await files.entry(...testFile(`files/${'long-name-'.repeat(20)}`, Buffer.from('long\n')))
      await files.entry(...testFile(latin1(`files/${'\xe9'.repeat(200)}`), Buffer.from('long latin-1\n')))
      await files.entry(
        testMeta('files/link', { type: 'symlink', linkTarget: latin1('\xe9'.repeat(120)) }),
        nothing,
      )
      await files.entry(
        testMeta('files/hard', { type: 'hardlink', linkTarget: Buffer.from('files/index.php') }),
        nothing,
      )
      const [meta, content] = testFile('files/odd', Buffer.from('x'))
      const pax = new Map([
        ['SCHILY.acl.access', Buffer.from('user::rw-\nuser:33:r--\ngroup::r--\nmask::r--\nother::---\n')],
        ['SCHILY.xattr.user.note', Buffer.from([0, 1, 0xff, 0x0a])],
      ])
      await files.entry(
        { ...meta, uid: 3_000_000_000, mtime: -1_500_000_000n, mode: 0o6755, uname: 'jürgen', pax },
        content,
      )
      files.warn({ code: 'moved', path: 'files/index.php' })
      const first = await files.close({ ...plainOutcome, tool: 'tar', version: '1.34' })
      const dumps = writer.component('mysql', 'shop')
      await dumps.spooled(
        {
          meta: withoutSize(testMeta('databases/mysql/shop.sql', { mode: 0o600 })),
          body: chunked(Buffer.concat([text(20_000), Buffer.from('\n-- Dump completed\n')])),
          prove: () => Promise.resolve(),
        },
        { signal },
      )
      dumps.part({ kind: 'table', name: 'users', from: 100, to: 9000 })
      const second = await dumps.close(plainOutcome)
      writer.skip({ path: 'mnt/nfs', why: 'another file system' })
      return [first, second]
    },
    { credentials: { unix: '$6$salt$hash' } },
  )

/** Where the manifest begins: it alone names compressed lengths, which depend on the zlib in use. */
function manifestOffset(tar: Buffer): number {
  let found = 0
  for (const event of new TarWalk().push(tar)) {
    if (event.kind === 'entry' && event.meta.path.toString() === 'manifest.json') found = event.offset
  }
  return found
}

it('writes the tar of the first version', async () => {
  const [ours, theirs] = [(await oneOfEverything()).tar, gunzipSync(golden('format-1.tar.gz'))]
  expect(manifestOffset(ours)).toBe(manifestOffset(theirs))
  expect(ours.subarray(0, manifestOffset(ours)).equals(theirs.subarray(0, manifestOffset(ours)))).toBe(true)
})

it('writes the index of the first version, but for what depends on the compressor', async () => {
  const plain = (line: string) => !/^\{"(m|end)"/.test(line) && !line.includes('"manifest.json"')
  const lines = (index: Buffer) => gunzipSync(index).toString().split('\n').filter(plain)
  expect(lines((await oneOfEverything()).indexBytes)).toEqual(lines(golden('format-1.index.gz')))
})

it('cuts entries of many segments as the first version did', async () => {
  const content = noise(9 * 2 ** 20 + 5)
  const z = testMeta('files/z', { size: 99, mtime: 1_700_000_000_000_000_000n })
  const archive = await testArchive((writer) =>
    oneComponent(writer, async (component) => {
      await component.tar(chunked(tarOf([testFile('files/noise', content), [z, text(99)]])), {
        map: (meta) => meta,
        signal,
      })
      const meta = withoutSize(testMeta('databases/mysql/x.sql'))
      await component.spooled({ meta, body: chunked(content), prove: () => Promise.resolve() }, { signal })
    }),
  )
  expect(archive.lines.flatMap(({ m }) => (m ? [(m as number[])[4]] : [])).slice(0, -1)).toEqual([
    3072, 4_193_280, 4_193_280, 1_052_672, 2048, 512, 4_193_280, 4_193_280, 1_052_160,
  ])
  expect(sha256(archive.tar.subarray(0, manifestOffset(archive.tar)))).toBe(
    'ee509e7543066cbed49fe2b26983fe167cd70b12f2c18ade0d30909dff64d413',
  )
})

it('reads the archive of the first version, and finds it whole', async () => {
  const [source, index] = [golden('format-1.tar.gz'), golden('format-1.index.gz')].map(bufferSource)
  const report = await verifyArchive({
    level: 'deep',
    source: source!,
    index: index!,
    manifest: null,
    signal,
  })
  expect(report).toMatchObject({ verdict: 'good', findings: [], counts: { entries: 15, dumps: 1 } })
})
