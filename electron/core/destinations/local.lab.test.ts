import { randomBytes } from 'node:crypto'
import { readdir, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mountSmallDisk, type SmallDisk } from '../store/testing/small-disk.ts'
import { listed } from './conformance.ts'
import type { Destination, Upload } from './destination.ts'
import { prepareLocalPlace } from './local-place.ts'
import { openLocalDestination } from './local.ts'

const options = { signal: new AbortController().signal }
const old = 'lab/accounts/alice/alice_2026-04-07.tar.gz'
const archive = 'lab/accounts/alice/alice_2026-04-08.tar.gz'
const manifest = 'lab/accounts/alice/alice_2026-04-08.manifest.json'
const chunk = 64 * 1024
const chunks = 64
const body = randomBytes(chunk * chunks)

describe('a real disk as a destination', () => {
  let disk: SmallDisk
  let destination: Destination
  beforeEach(async () => {
    disk = await mountSmallDisk({ megabytes: 8 })
    await prepareLocalPlace(disk.path)
    destination = await openLocalDestination({ name: 'disk', path: disk.path })
    await destination.put(old, Buffer.from('good'), options)
  })
  afterEach(async () => {
    await destination[Symbol.asyncDispose]()
    await disk[Symbol.asyncDispose]()
  })

  const free = async () => (await destination.free(options)) ?? 0

  async function leave(bytes: number): Promise<void> {
    await writeFile(join(disk.path, 'nämë'), Buffer.alloc((await free()) - bytes))
    expect(await free()).toBeLessThanOrEqual(bytes)
  }

  async function write(upload: Upload, from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 1) await upload.write(body.subarray(at * chunk, (at + 1) * chunk))
  }

  test.each([1, 50, 99])(
    'full at %d %% of an upload: no space, nothing left, the old one stays',
    { tags: ['thorough'] },
    async (percent) => {
      await leave(Math.floor((body.length * percent) / 100))
      const before = await free()
      const upload = await destination.create(archive, options)
      await expect(write(upload, 0, chunks)).rejects.toMatchObject({ code: 'no-space' })
      await expect(upload.commit()).rejects.toMatchObject({ code: 'no-space' })
      await upload.abort()
      expect(await listed(destination)).toEqual([old])
      expect(await free()).toBe(before)
      expect((await buffer(await destination.get(old, options))).toString()).toBe('good')
    },
  )

  test('full when the manifest comes: the archive stays without one, so it counts as unfinished', async () => {
    const upload = await destination.create(archive, options)
    await write(upload, 0, 4)
    await upload.commit()
    await leave(0)
    await expect(destination.put(manifest, body.subarray(0, 10_000), options)).rejects.toMatchObject({
      code: 'no-space',
    })
    expect(await listed(destination)).toEqual([old, archive])
  })

  test('reports the free space of that disk', async () => {
    const { bavail, bsize } = await statfs(disk.path)
    expect(await free()).toBe(bavail * bsize)
    expect(await free()).toBeLessThan(8 * 1024 * 1024)
  })

  test('read-only: writing is not allowed, reading goes on', async () => {
    await disk.remount('ro')
    const refused = { code: 'permission-denied' }
    await expect(destination.create(archive, options)).rejects.toMatchObject(refused)
    await expect(destination.put(manifest, body, options)).rejects.toMatchObject(refused)
    await expect(destination.claim(archive, [], options)).rejects.toMatchObject(refused)
    await expect(destination.delete(old, options)).rejects.toMatchObject(refused)
    expect((await buffer(await destination.get(old, options))).toString()).toBe('good')
  })

  test('unplugged in the middle of an upload: it fails, and the mount point stays empty', async () => {
    expect(await destination.claim(archive, [manifest], options)).toBe(true)
    const upload = await destination.create(archive, options)
    await write(upload, 0, 10)
    await disk.unplug()
    await write(upload, 10, 20)
    const gone = { code: 'unreachable' }
    await expect(upload.commit()).rejects.toMatchObject(gone)
    await upload.abort()
    await expect(destination.put(manifest, body, options)).rejects.toMatchObject(gone)
    await expect(destination.claim('lab/x.tar.gz', [], options)).rejects.toMatchObject(gone)
    await expect(destination.get(old, options)).rejects.toMatchObject(gone)
    await expect(destination.stat(old, options)).rejects.toMatchObject(gone)
    await expect(destination.free(options)).rejects.toMatchObject(gone)
    await expect(openLocalDestination({ name: 'disk', path: disk.path })).rejects.toMatchObject(gone)
    expect(await readdir(disk.path)).toEqual([])
  })

  test(
    'unplugged during a long upload: it fails within 64 MiB, not at the end',
    { tags: ['thorough'] },
    async () => {
      await using big = await mountSmallDisk({ megabytes: 200 })
      await prepareLocalPlace(big.path)
      await using there = await openLocalDestination({ name: 'big', path: big.path })
      const upload = await there.create(archive, options)
      await big.unplug()
      const block = Buffer.alloc(8 * 1024 * 1024)
      let written = 0
      await expect(
        (async () => {
          for (; written < 160; written += 8) await upload.write(block)
        })(),
      ).rejects.toMatchObject({ code: 'unreachable' })
      expect(written).toBeLessThan(64)
      await upload.abort()
    },
  )
})
