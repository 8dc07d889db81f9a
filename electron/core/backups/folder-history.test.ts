import { expect, test } from 'vitest'
import { Backup } from '../../../shared/model/backup.ts'
import type { ListedEntry } from '../archive/index-cache.ts'
import { folderHistory } from './folder-history.ts'

const { signal } = new AbortController()

function backup(day: number): Backup {
  const at = `2026-04-0${day}T02:00:00.000Z`
  return Backup.parse({
    ...{ id: `0196b0a0-0000-7000-8000-00000000000${day}`, name: `alice_${day}.tar.gz`, server: 'web1' },
    ...{ serverId: 's', source: 'alice', kind: 'account', scope: 'full', startedAt: at, finishedAt: at },
    ...{ trigger: 'on-demand', result: 'succeeded', warnings: 0, components: [], copies: [] },
  })
}

const entry = (name: string, content: string | null): ListedEntry => ({
  ...{ path: Buffer.from(name), type: content === null ? 'directory' : 'file', size: 1, mode: 0o644 },
  ...{ uid: 1, gid: 1, mtime: 0n, ctime: null, sha256: content === null ? null : Buffer.from(content) },
  ...{ offset: 0, linkTarget: null, implied: false },
})

test('counts the versions of the files of a folder, and tells which are new', async () => {
  const folders: Readonly<Record<number, readonly ListedEntry[]>> = {
    5: [entry('same', 'a'), entry('changed', 'c'), entry('new', 'n'), entry('back', 'b'), entry('sub', null)],
    4: [entry('same', 'a'), entry('changed', 'b'), entry('new', 'n')],
    2: [entry('same', 'a'), entry('changed', 'b'), entry('back', 'b'), entry('gone', 'g')],
  }
  const { entries, compared } = await folderHistory([2, 5, 3, 4].map(backup), {
    ...{ list: ({ startedAt }) => folders[new Date(startedAt).getUTCDate()] ?? null, signal },
  })
  expect(compared).toBe(3)
  expect(
    entries.map(({ path, versions, backups, newSince }) => [
      path.toString(),
      versions,
      backups,
      newSince?.startedAt.slice(0, 10) ?? null,
    ]),
  ).toEqual([
    ['same', 1, 3, null],
    ['changed', 2, 3, null],
    ['new', 1, 2, '2026-04-04'],
    ['back', 1, 2, null],
    ['gone', 1, 1, null],
  ])
})
