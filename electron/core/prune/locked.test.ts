import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFaultServer, type FaultServer } from '../destinations/s3/testing/fault-server.ts'
import { openBucketOn } from '../destinations/s3/testing/open-bucket.ts'
import { readState } from '../backups/stored-backup.ts'
import { keepLast, TestPlace } from './test-place.ts'

const options = { signal: new AbortController().signal }
const folder = 'lab-00000000/accounts/alice'
const stemOf = (date: string) => `${folder}/alice_${date}`
const denied = { kind: 'refuse', status: 403, code: 'AccessDenied' } as const

describe('a bucket whose objects are locked', () => {
  let server: FaultServer
  let place: TestPlace

  beforeEach(async () => {
    server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: true })
    place = new TestPlace()
    for (const daysAgo of [4, 3, 2, 1, 0]) await place.store(daysAgo)
    await using bucket = openBucketOn(server)
    for (const [key, { bytes }] of place.place) await bucket.put(key, bytes, options)
    await prune()
    place.later(8)
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const prune = async () => {
    await using destination = openBucketOn(server)
    return await place.prune(keepLast(4), { destination })
  }
  const dates = () =>
    [...server.objects.keys()]
      .filter((key) => key.endsWith('.manifest.json'))
      .map((key) => key.slice(-24, -14))
  const lock = (locked: (key: string) => boolean) => {
    server.fault = ({ operation, key }) => (operation === 'DELETE object' && locked(key) ? denied : null)
  }

  test('keeps them, with the word that they are to go, and says that nothing could be removed', async () => {
    lock((key) => key.startsWith(folder))
    await expect(prune()).rejects.toMatchObject({ code: 'permission-denied' })
    expect(dates()).toHaveLength(5)
    await using bucket = openBucketOn(server)
    expect((await readState(bucket, stemOf('2026-04-04'), options)).tombstone).not.toBeNull()
  })

  test('in part: what is left of a backup goes when the lock has ended, and is in the way of nothing else', async () => {
    const archive = `${stemOf('2026-04-04')}.tar.gz`
    lock((key) => key === archive)
    await expect(prune()).rejects.toMatchObject({ code: 'permission-denied' })
    expect(dates()).toHaveLength(4)
    await prune()
    expect(server.objects.has(archive)).toBe(true)
    lock(() => false)
    await prune()
    expect([...server.objects.keys()].filter((key) => key.startsWith(stemOf('2026-04-04')))).toEqual([
      `${stemOf('2026-04-04')}.state.json`,
    ])
    expect(dates()).toHaveLength(4)
  })
})
