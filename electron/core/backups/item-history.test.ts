import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { Backup } from '../../../shared/model/backup.ts'
import { bufferSource } from '../archive/byte-source.ts'
import { buildFixture } from '../archive/fixture.ts'
import { openArchive } from '../archive/reader.ts'
import { itemHistory } from './item-history.ts'

const { signal } = new AbortController()
const idOf = (day: number) => `0196b0a0-0000-7000-8000-00000000000${day}`

function backup(day: number): Backup {
  const at = `2026-04-0${day}T02:00:00.000Z`
  return Backup.parse({
    ...{ id: idOf(day), name: `alice_${day}.tar.gz`, server: 'web1', serverId: 's', source: 'alice' },
    ...{ kind: 'account', scope: 'full', startedAt: at, finishedAt: at, trigger: 'on-demand' },
    ...{ result: 'succeeded', warnings: 0, components: [], copies: [] },
  })
}

test('finds an item in each backup, newest first, and says which do not have it or cannot be read', async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'holdfast-history-'))
  const contents: Readonly<Record<number, string | null>> = { 2: 'old', 3: null, 5: 'newer' }
  const open = async ({ id }: Backup) => {
    const content = contents[Number(id.at(-1))]
    if (content === undefined) throw new AppError('not-found', 'The copy is gone.')
    const files = content === null ? [] : [{ path: 'files/wp.php', content }]
    const { archive, index } = buildFixture(
      [{ path: 'files', type: 'directory' }, { path: 'files/other', content: 'x' }, ...files],
      { id },
    )
    const reader = await openArchive({
      ...{ source: bufferSource(archive), index: bufferSource(index), cacheFolder, signal },
    })
    return { reader, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() }
  }
  try {
    const found = await itemHistory([2, 5, 4, 3, 1].map(backup), 'files/wp.php', {
      ...{ limit: 4, signal, open },
    })
    expect(found.versions.map(({ backup: { id }, entry }) => [id, entry?.size ?? null])).toEqual([
      [idOf(5), 5],
      [idOf(3), null],
      [idOf(2), 3],
    ])
    expect(found.unread).toMatchObject([{ backup: { id: idOf(4) }, why: 'The copy is gone.' }])
    expect(found.older).toBe(1)
  } finally {
    await rm(cacheFolder, { recursive: true })
  }
})
