import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bufferSource } from '../../archive/byte-source.ts'
import type { EntryMeta } from '../../archive/archive-writer.ts'
import { openArchive, type ArchiveReader } from '../../archive/reader.ts'
import { TarWalk } from '../../archive/tar/walk.ts'
import { oneComponent, testArchive, testMeta, text } from '../../archive/test-archive.ts'
import { testMapping } from '../test-mapping.ts'
import { judgeArchive } from './judge-archive.ts'
import { safeTar, type SafeTar, type SafeTarOptions } from './safe-tar.ts'

const { signal } = new AbortController()
const cacheFolder = mkdtempSync(join(tmpdir(), 'safe-tar-'))
afterAll(() => rmSync(cacheFolder, { recursive: true }))

const link = (linkTarget: string, type: 'symlink' | 'hardlink'): Partial<EntryMeta> => ({
  type,
  linkTarget: Buffer.from(linkTarget),
})

async function archiveOf(metas: readonly [EntryMeta, Buffer?][]): Promise<ArchiveReader> {
  const made = await testArchive((writer) =>
    oneComponent(writer, async (component) => {
      for (const [meta, content = Buffer.alloc(0)] of metas) {
        await component.entry({ ...meta, size: content.length }, content)
      }
    }),
  )
  return openArchive({
    source: bufferSource(made.bytes),
    index: bufferSource(made.indexBytes),
    cacheFolder,
    signal,
  })
}

interface Sent {
  readonly meta: EntryMeta
  readonly content: Buffer
}

async function sent({ stream }: SafeTar): Promise<Map<string, Sent>> {
  const walk = new TarWalk()
  const found = new Map<string, Sent>()
  let open: EntryMeta | null = null
  let pieces: Buffer[] = []
  for await (const chunk of stream) {
    for (const event of walk.push(chunk)) {
      if (event.kind === 'entry') [open, pieces] = [event.meta, []]
      else if (event.kind === 'data') pieces.push(Buffer.from(event.chunk))
      else if (event.kind === 'entry-end' && open !== null) {
        expect(found.has(open.path.toString('latin1'))).toBe(false)
        found.set(open.path.toString('latin1'), { meta: open, content: Buffer.concat(pieces) })
      }
    }
  }
  walk.finish()
  return found
}

interface Options {
  readonly trusted?: boolean
  readonly prefix?: string
  readonly only?: (path: string) => boolean
  readonly mapLink?: (target: Buffer) => Buffer
  readonly rewrite?: SafeTarOptions['rewrite']
}

function tarOf(
  reader: ArchiveReader,
  { trusted = true, prefix = '', only = () => true, mapLink, rewrite }: Options = {},
) {
  const root = Buffer.from('files')
  const judged = judgeArchive(reader, { root, trusted })
  return safeTar({
    reader,
    judged: Array.from(judged).filter(({ path }) => only(path.toString())),
    root,
    prefix: Buffer.from(prefix),
    owner: { uid: 2002, gid: 2003 },
    trusted,
    mapping: testMapping(),
    ...(mapLink && { mapLink }),
    ...(rewrite && { rewrite }),
    signal,
  })
}

describe('a safe tar', () => {
  test('has names below the prefix, the target as owner, no special bits, times and contents as they were', async () => {
    const content = text(300_000)
    await using reader = await archiveOf([
      [testMeta('files', { type: 'directory', mode: 0o750 })],
      [testMeta('files/d', { type: 'directory', mode: 0o3775 })],
      [testMeta('files/d/a', { mode: 0o4755, mtime: -1_500_000_001n, uid: 33 }), content],
      [testMeta(Buffer.from(`files/caf\xe9${'x'.repeat(150)}`, 'latin1')), Buffer.from('b')],
      [testMeta('files/l', link('/home/alice/d', 'symlink'))],
    ])
    const tar = tarOf(reader, {
      prefix: 'new/home',
      mapLink: (target) => Buffer.from(target.toString().replace('/home/alice', '/srv/bob')),
    })
    const entries = await sent(tar)
    expect([...entries.keys()]).toEqual([
      'new/home',
      'new/home/d',
      'new/home/d/a',
      `new/home/caf\xe9${'x'.repeat(150)}`,
      'new/home/l',
    ])
    for (const { meta } of entries.values()) {
      expect([meta.uid, meta.gid, meta.uname, meta.gname, meta.mode & 0o7000]).toEqual([
        2002,
        2003,
        '',
        '',
        0,
      ])
    }
    const file = entries.get('new/home/d/a')
    expect(file?.content.equals(content)).toBe(true)
    expect(file?.meta.mtime).toBe(-1_500_000_001n)
    expect(entries.get('new/home/l')?.meta.linkTarget?.toString()).toBe('/srv/bob/d')
    const { later } = tar
    expect(later.modes.map(({ path, mode }) => [path.toString(), mode])).toEqual([
      ['d', 0o3775],
      ['d/a', 0o4755],
    ])
    expect(later.owners.map(({ path, uid, gid }) => [path.toString(), uid, gid])).toContainEqual([
      'd/a',
      33,
      1000,
    ])
    expect([later.files, later.folders, later.links, later.bytes]).toEqual([2, 2, 1, 300_001])
  })

  test('keeps attributes and ACLs apart, mapped, and strips what is not ours to give', async () => {
    const pax = new Map([
      ['SCHILY.acl.access', Buffer.from('user::rw-\nuser:alice:rwx\nmask::rwx\nother::---\n')],
      ['SCHILY.xattr.user.x', Buffer.from([0, 255])],
      ['SCHILY.xattr.security.capability', Buffer.from('c')],
    ])
    await using reader = await archiveOf([[testMeta('files/a', { pax, mode: 0o6755 }), Buffer.from('a')]])
    const ours = tarOf(reader)
    expect((await sent(ours)).get('a')?.meta.pax).toBe(undefined)
    expect(ours.later.acls[0]?.access).toContain('user:bob:rwx')
    expect(ours.later.xattrs.map(({ name, value }) => [name, value.toString('latin1')])).toEqual([
      ['user.x', '\0\xff'],
      ['security.capability', 'c'],
    ])
    const theirs = tarOf(reader, { trusted: false })
    await sent(theirs)
    expect(theirs.later.stripped.map(({ what }) => what)).toEqual(['setuid', 'setgid', 'capabilities'])
    expect([theirs.later.modes, theirs.later.owners]).toEqual([[], []])
    expect(theirs.later.xattrs.map(({ name }) => name)).toEqual(['user.x'])
  })

  test('keeps hard links, and sends the first as the file where the file is not chosen', async () => {
    const content = Buffer.from('shared')
    await using reader = await archiveOf([
      [testMeta('files/a'), content],
      [testMeta('files/h', link('files/a', 'hardlink'))],
      [testMeta('files/i', link('files/a', 'hardlink'))],
    ])
    const all = await sent(tarOf(reader, { prefix: 'p' }))
    expect(Array.from(all.values(), ({ meta }) => [meta.type, meta.linkTarget?.toString()])).toEqual([
      ['file', undefined],
      ['hardlink', 'p/a'],
      ['hardlink', 'p/a'],
    ])
    const some = tarOf(reader, { only: (path) => path !== 'a' })
    const chosen = await sent(some)
    expect([...chosen.keys()]).toEqual(['h', 'i'])
    expect(chosen.get('h')?.content.toString()).toBe('shared')
    expect(chosen.get('i')?.meta).toMatchObject({ type: 'hardlink', linkTarget: Buffer.from('h') })
    expect([some.later.files, some.later.links]).toEqual([1, 1])
  })

  test('has a file that is rewritten in its new length, under its other names too, and in the old time and mode', async () => {
    await using reader = await archiveOf([
      [{ ...testMeta('files/.env'), mode: 0o640, mtime: 5n }, Buffer.from('old')],
      [testMeta('files/h', link('files/.env', 'hardlink'))],
      [testMeta('files/next'), Buffer.from('next')],
    ])
    const longer = Buffer.alloc(2000, 'n')
    const rewrite: Options['rewrite'] = ({ path }) =>
      path.toString() === 'files/.env' ? (old) => (old.toString() === 'old' ? longer : old) : null
    for (const only of [() => true, (path: string) => path !== '.env']) {
      const entries = await sent(tarOf(reader, { rewrite, only }))
      const [first] = entries.values()
      expect(first?.content.equals(longer)).toBe(true)
      expect(first?.meta).toMatchObject({ size: 2000, mode: 0o640, mtime: 5n, uid: 2002 })
      expect(entries.get('next')?.content.toString()).toBe('next')
    }
  })

  test('puts a link behind a file that was read again after it', async () => {
    await using reader = await archiveOf([
      [testMeta('files/a'), Buffer.from('first')],
      [testMeta('files/h', link('files/a', 'hardlink'))],
      [testMeta('files/a'), Buffer.from('again')],
    ])
    const entries = await sent(tarOf(reader))
    expect([...entries.keys()]).toEqual(['a', 'h'])
    expect(entries.get('a')?.content.toString()).toBe('again')
    expect(entries.get('h')?.meta.type).toBe('hardlink')
  })

  test('leaves out what the guard refuses', async () => {
    await using reader = await archiveOf([
      [testMeta('files/d', link('/etc', 'symlink'))],
      [testMeta('files/d/passwd'), Buffer.from('x')],
      [testMeta('files/ok'), Buffer.from('y')],
    ])
    expect([...(await sent(tarOf(reader))).keys()]).toEqual(['d', 'ok'])
    expect([...(await sent(tarOf(reader, { trusted: false }))).keys()]).toEqual(['ok'])
  })

  test('has no end where a file is not what its hash says, or the job was cancelled', async () => {
    const content = text(5_000_000)
    await using reader = await archiveOf([[testMeta('files/a'), content]])
    const entry = reader.stat(Buffer.from('files/a'))!
    const wrong = { ...entry, sha256: Buffer.alloc(32) }
    const options = {
      reader,
      root: Buffer.from('files'),
      prefix: Buffer.alloc(0),
      owner: { uid: 1, gid: 1 },
      trusted: true,
      mapping: testMapping(),
    }
    const put = { path: Buffer.from('a'), verdict: { action: 'put' } } as const
    const spoiled = safeTar({ ...options, judged: [{ entry: wrong, ...put }], signal })
    await expect(sent(spoiled)).rejects.toMatchObject({ code: 'corrupt' })
    const cancelled = safeTar({ ...options, judged: [{ entry, ...put }], signal: AbortSignal.abort() })
    await expect(sent(cancelled)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
