import { readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openAppendLog, readAppendLog } from './append-log.ts'
import { openDocument } from './document.ts'
import { claimOwnership } from './owner.ts'
import { mountSmallDisk, type SmallDisk } from './testing/small-disk.ts'
import { systemClock } from './testing/system-clock.ts'

const Names = z.array(z.string())

describe('a data folder on a disk that is full', () => {
  let disk: SmallDisk
  beforeEach(async () => {
    disk = await mountSmallDisk({ megabytes: 2 })
  })
  afterEach(() => disk[Symbol.asyncDispose]())

  const open = () =>
    openDocument({
      file: join(disk.path, 'servers.json'),
      schema: Names,
      version: 1,
      migrations: {},
      empty: [],
      log: { write: () => undefined },
    })

  /** Fills the disk to the last byte. */
  async function fill(): Promise<void> {
    const { bavail, bsize } = await statfs(disk.path)
    await writeFile(join(disk.path, 'filling'), Buffer.alloc(bavail * bsize))
    expect((await statfs(disk.path)).bavail).toBe(0)
  }

  test('can be opened and read; saving says so and goes on when there is space again', async () => {
    await (await open()).update(() => ['a'])
    await fill()
    const owner = await claimOwnership(disk.path, {
      clock: systemClock,
      signal: new AbortController().signal,
    })
    expect(owner.kind).toBe('owner')
    const document = await open()
    expect(document.read()).toEqual(['a'])
    await expect(document.update((names) => [...names, 'b'])).rejects.toMatchObject({ code: 'no-space' })
    expect(document.read()).toEqual(['a'])
    expect((await open()).read()).toEqual(['a'])
    expect(await readdir(disk.path)).not.toContainEqual(expect.stringMatching(/\.tmp$/))
    await rm(join(disk.path, 'filling'))
    expect(await document.update((names) => [...names, 'b'])).toEqual(['a', 'b'])
    expect((await open()).read()).toEqual(['a', 'b'])
    if (owner.kind === 'owner') await owner[Symbol.asyncDispose]()
  })

  test('that is read-only is still readable', async () => {
    await (await open()).update(() => ['a'])
    await disk.remount('ro')
    const document = await open()
    expect(document.read()).toEqual(['a'])
    await expect(document.update(() => ['b'])).rejects.toMatchObject({ code: 'permission-denied' })
    expect(document.read()).toEqual(['a'])
  })

  test('keeps a log whole: what does not fit leaves nothing behind', async () => {
    const file = join(disk.path, 'job.jsonl')
    await using log = await openAppendLog<string>(file)
    await log.append('first')
    await fill()
    await expect(log.append('x'.repeat(100_000))).rejects.toMatchObject({ code: 'no-space' })
    await rm(join(disk.path, 'filling'))
    await log.append('second')
    const records: string[] = []
    for await (const record of readAppendLog(file, z.string())) records.push(record)
    expect(records).toEqual(['first', 'second'])
  })
})
