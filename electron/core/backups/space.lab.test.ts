import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listed } from '../destinations/conformance.ts'
import type { Destination } from '../destinations/destination.ts'
import { prepareLocalPlace } from '../destinations/local-place.ts'
import { openLocalDestination } from '../destinations/local.ts'
import { openMemoryDestination } from '../destinations/memory.ts'
import { mountSmallDisk, type SmallDisk } from '../store/testing/small-disk.ts'
import { MissingCopies } from './missing-copies.ts'
import { placesWithSpace } from './space.ts'
import { CipherThread } from '../archive/seal/cipher-thread.ts'
import { UploadGroup } from './upload-group.ts'

const encryption = { thread: new CipherThread() }
const { signal } = new AbortController()
const MB = 1024 * 1024
const space = { reserve: 2 * MB, floor: 3 * MB, lookEvery: MB / 2 }
const folder = 'lab-0a1b2c3d/accounts/alice'

describe('a disk of 8 MB', () => {
  let disk: SmallDisk
  let small: Destination
  let large: Destination
  beforeEach(async () => {
    disk = await mountSmallDisk({ megabytes: 8 })
    await prepareLocalPlace(disk.path)
    small = await openLocalDestination({ name: 'small', path: disk.path })
    large = openMemoryDestination({ name: 'large', clock: { now: () => new Date() } })
    await small.put('lab-0a1b2c3d/server.json', Buffer.from('{}'), { signal })
  })
  afterEach(async () => {
    await small[Symbol.asyncDispose]()
    await disk[Symbol.asyncDispose]()
  })

  async function fitting(
    destinations: readonly Destination[],
    expectation: { archive: number | null; largestDump?: number },
    spoolFolder = '/',
  ) {
    const missing = new MissingCopies({ signal, note: () => undefined })
    const places = await placesWithSpace(
      destinations.map((destination) => ({ destination, folder, sealed: false })),
      { largestDump: 0, ...expectation },
      { space, spoolFolder, missing, signal },
    )
    return {
      places: places.map(({ destination }) => destination.name),
      missing: missing.list.map(({ destination, code }) => `${destination}: ${code}`),
    }
  }

  test('takes what fits beside its reserve', async () => {
    expect(await fitting([small], { archive: 5 * MB })).toEqual({ places: ['small'], missing: [] })
  })

  test('refuses what does not, before anything is written', async () => {
    await expect(fitting([small], { archive: 6 * MB })).rejects.toMatchObject({ code: 'no-space' })
  })

  test('is the only copy that is missing where another destination has space', async () => {
    const found = await fitting([small, large], { archive: 6 * MB })
    expect(found).toEqual({ places: ['large'], missing: ['small: no-space'] })
  })

  test('refuses nothing where nobody knows how much comes', async () => {
    expect((await fitting([small], { archive: null })).places).toEqual(['small'])
  })

  test('holds no second copy on the same disk that does not fit beside the first', async () => {
    await using again = await openLocalDestination({ name: 'again', path: disk.path })
    const found = await fitting([small, again], { archive: 3 * MB })
    expect(found).toEqual({ places: ['small'], missing: ['again: no-space'] })
  })

  test('refuses a dump that the spool on it cannot hold, and leaves small ones to memory', async () => {
    const spooling = (largestDump: number) => fitting([large], { archive: null, largestDump }, disk.path)
    await expect(spooling(33 * MB)).rejects.toMatchObject({
      code: 'no-space',
      details: { folder: disk.path },
    })
    expect((await spooling(32 * MB)).places).toEqual(['large'])
  })

  test('counts a dump and the archive together where both go to it', async () => {
    await using big = await mountSmallDisk({ megabytes: 100 })
    await prepareLocalPlace(big.path)
    await using there = await openLocalDestination({ name: 'big', path: big.path })
    await there.put('lab-0a1b2c3d/server.json', Buffer.from('{}'), { signal })
    const both = (archive: number) => fitting([there], { archive, largestDump: 50 * MB }, big.path)
    expect((await both(40 * MB)).places).toEqual(['big'])
    await expect(both(60 * MB)).rejects.toMatchObject({ code: 'no-space' })
    expect((await fitting([there], { archive: 60 * MB })).places).toEqual(['big'])
  })

  test('that runs low in the middle of an upload loses its copy, and the other one is whole', async () => {
    const targets = [small, large].map((destination) => ({
      destination,
      stem: `${folder}/alice_2026-04-08`,
      recipients: null,
    }))
    await using uploads = await UploadGroup.open(targets, { space, size: null, encryption, signal })
    for (let written = 0; written < 8 * MB; written += MB / 4) await uploads.write(Buffer.alloc(MB / 4))
    expect([...(await uploads.commit()).stored.keys()].map(({ destination }) => destination.name)).toEqual([
      'large',
    ])
    expect(uploads.lost.map(({ error }) => error.code)).toEqual(['no-space'])
    expect(await listed(small, folder)).toEqual([])
    expect(await small.free({ signal })).toBeGreaterThan(7.9 * MB)
  })

  test('that runs low stops the upload before it is full', async () => {
    await using uploads = await UploadGroup.open(
      [{ destination: small, stem: `${folder}/a_2026-04-08`, recipients: null }],
      {
        ...{ space, size: null, encryption, signal },
      },
    )
    let written = 0
    const fill = async () => {
      for (; written < 8 * MB; written += MB / 4) await uploads.write(Buffer.alloc(MB / 4))
    }
    await expect(fill()).rejects.toMatchObject({ code: 'no-space', details: { destination: 'small' } })
    expect(written).toBeLessThan(6 * MB)
  })
})
