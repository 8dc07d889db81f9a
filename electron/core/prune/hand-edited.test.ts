import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readDestination } from '../backups/read-destination.ts'
import { prepareLocalPlace } from '../destinations/local-place.ts'
import { openLocalDestination } from '../destinations/local.ts'
import type { Destination } from '../destinations/destination.ts'
import { keepLast, TestPlace } from './test-place.ts'

const { signal } = new AbortController()
const folder = 'lab-00000000/accounts/alice'

describe('a folder of backups that somebody edited by hand', () => {
  let root: string
  let place: TestPlace
  let destination: Destination

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'hand-edited-'))
    await prepareLocalPlace(root)
    place = new TestPlace()
    for (const daysAgo of [6, 5, 4, 3, 2, 1, 0]) await place.store(daysAgo)
    for (const [key, { bytes }] of place.place) {
      await mkdir(join(root, dirname(key)), { recursive: true })
      await writeFile(join(root, key), bytes)
    }
    destination = await openLocalDestination({
      ...{ kind: 'local', id: '0190b0d0-0000-7000-8000-00000000000b', name: 'there', path: root },
      ...{ encrypted: false, addedAt: '2026-01-01T00:00:00.000Z' },
    })
  })
  afterEach(async () => {
    await destination[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  const at = (name: string) => join(root, folder, name)
  const read = async () => {
    const parts = place.parts()
    const { unreadable } = await readDestination(destination, parts, { signal })
    return { unreadable, backups: parts.catalog.list().length, unfinished: parts.catalog.unfinished() }
  }
  /** Prunes now and after the week of grace. */
  const prune = async () => {
    await place.prune(keepLast(5), { destination })
    place.later(8)
    return place.prune(keepLast(5), { destination })
  }

  test('is left alone where a manifest lost its archive, which is named', async () => {
    await rm(at('alice_2026-04-06.tar.gz'))
    const { unreadable, backups } = await read()
    expect([backups, unreadable.map(({ why }) => why)]).toEqual([6, ['its archive is missing']])
    const [series] = (await prune()).series
    expect(series?.hindrance).toContain('read completely')
    expect(
      (await readdir(join(root, folder))).filter((name) => name.endsWith('.manifest.json')),
    ).toHaveLength(7)
  })

  test('keeps an archive that lost its manifest, or has another name, and everything that is not ours', async () => {
    await rename(at('alice_2026-04-07.tar.gz'), at('alice before the move.tar.gz'))
    await rename(at('alice_2026-04-07.manifest.json'), at('alice before the move.manifest.json'))
    await rm(at('alice_2026-04-05.manifest.json'))
    const foreign = ['photo.jpg', 'alice_2019-01-01.zip', 'notes/alice_2026-04-02.tar.gz']
    await mkdir(at('notes'))
    for (const name of foreign) await writeFile(at(name), name)
    expect((await read()).unfinished.map(({ key }) => key)).toContain(`${folder}/alice_2026-04-05.tar.gz`)
    await prune()
    for (const name of foreign) expect(await readFile(at(name), 'utf8')).toBe(name)
    expect(await readdir(join(root, folder))).toEqual(
      expect.arrayContaining(['alice before the move.tar.gz', 'alice_2026-04-05.tar.gz']),
    )
  })

  test('whose newest manifest was changed loses nothing', async () => {
    const path = at('alice_2026-04-08.manifest.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"format":1', '"format":"x"'))
    expect((await read()).unreadable).toHaveLength(1)
    await prune()
    expect((await readdir(join(root, folder))).filter((name) => name.endsWith('.tar.gz'))).toHaveLength(7)
  })
})
