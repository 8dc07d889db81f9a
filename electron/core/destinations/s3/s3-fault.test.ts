import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listed } from '../conformance.ts'
import type { Destination } from '../destination.ts'
import { provesConditionalWrites } from './conditional-writes.ts'
import { abortMultiparts } from './multipart.ts'
import { startFaultServer, type FaultServer } from './testing/fault-server.ts'
import { bucketOn, openBucketOn, slept } from './testing/open-bucket.ts'

const options = { signal: new AbortController().signal }
const archive = 'web-0a1b2c3d/accounts/alice/alice_2026-04-08.tar.gz'
const MiB = 1024 * 1024
const body = randomBytes(17 * MiB)
const refuse = (status: number, code: string) => ({ kind: 'refuse', status, code }) as const

/** Two parts. */
async function store(destination: Destination): Promise<boolean> {
  const upload = await destination.create(archive, { ...options, size: body.length })
  try {
    for (let at = 0; at < body.length; at += MiB) await upload.write(body.subarray(at, at + MiB))
    return (await upload.commit()).confirmed
  } finally {
    await upload.abort()
  }
}

describe('a bucket whose server fails', () => {
  let server: FaultServer
  let destination: Destination

  beforeEach(async () => {
    server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: true })
    destination = openBucketOn(server)
    slept.length = 0
  })
  afterEach(async () => {
    await destination[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const isStored = () => server.objects.get(archive)?.body.equals(body) === true
  const leaves = () => ({ keys: [...server.objects.keys()], uploads: server.uploads.size })

  test('is asked again with growing pauses while it says SlowDown', async () => {
    server.fault = ({ operation, nth }) =>
      operation === 'PUT part' && nth <= 5 ? refuse(503, 'SlowDown') : null
    await store(destination)
    expect(isStored()).toBe(true)
    expect(slept.length).toBe(5)
    expect(Math.max(...slept)).toBeGreaterThanOrEqual(2000)
    expect(leaves()).toEqual({ keys: [archive], uploads: 0 })
  })

  test('is given up after a quarter of an hour, and nothing is left', async () => {
    server.fault = ({ operation }) => (operation === 'PUT part' ? refuse(503, 'SlowDown') : null)
    await expect(store(destination)).rejects.toMatchObject({ code: 'rate-limited' })
    expect(leaves()).toEqual({ keys: [], uploads: 0 })
  })

  test('refuses for good when the key is revoked in the middle', async () => {
    server.fault = ({ operation, nth }) =>
      operation === 'PUT part' && nth >= 2 ? refuse(403, 'AccessDenied') : null
    await expect(store(destination)).rejects.toMatchObject({ code: 'permission-denied' })
    expect(slept).toEqual([])
    expect(leaves()).toEqual({ keys: [], uploads: 0 })
  })

  test.each(['POST complete', 'PUT part', 'PUT object'])(
    'loses the answer to %s, and what was stored is found and counted once',
    async (lossy) => {
      server.fault = ({ operation, nth }) =>
        operation === lossy && nth === 1 ? { kind: 'lose-answer' } : null
      await store(destination)
      expect(isStored()).toBe(true)
      expect(leaves()).toEqual({ keys: [archive], uploads: 0 })
    },
  )

  test.each(['PUT part', 'PUT object'])('stores other bytes at %s, and that is noticed', async (bad) => {
    server.fault = ({ operation, key, nth }) =>
      operation === bad && !key.endsWith('.claim') && nth <= 3 ? { kind: 'damage' } : null
    const storing =
      bad === 'PUT part' ? store(destination) : destination.put('a/small', Buffer.from('x'), options)
    await expect(storing).rejects.toMatchObject({ code: 'corrupt' })
    expect(leaves()).toEqual({ keys: [], uploads: 0 })
  })

  test('confirms by its checksums what was stored, and where it has none it does not', async () => {
    expect(await store(destination)).toBe(true)
    server.objects.clear()
    server.fault = ({ operation }) => (operation === 'PUT part' ? { kind: 'odd-etag' } : null)
    expect(await store(destination)).toBe(false)
    expect(isStored()).toBe(true)
  })

  test('breaks bodies off, and they are read on from there', async () => {
    await store(destination)
    server.fault = ({ operation, nth }) => (operation === 'GET object' && nth <= 4 ? { kind: 'cut' } : null)
    expect((await buffer(await destination.get(archive, options))).equals(body)).toBe(true)
  })

  test('is not believed when it lists less: what it lacks is still there', async () => {
    await store(destination)
    server.fault = ({ operation }) => (operation === 'GET list' ? { kind: 'hide', hidden: archive } : null)
    expect(await listed(destination)).toEqual([])
    expect(await destination.claim(archive, [], options)).toBe(false)
    expect((await destination.stat(archive, options))?.size).toBe(body.length)
  })

  test('refuses to delete, and says so', async () => {
    await store(destination)
    server.fault = ({ operation }) => (operation === 'DELETE object' ? refuse(403, 'AccessDenied') : null)
    await expect(destination.delete(archive, options)).rejects.toMatchObject({ code: 'permission-denied' })
    expect(isStored()).toBe(true)
  })

  test('keeps parts of a run that is gone, until its claim is removed', async () => {
    const upload = await destination.create(archive, { ...options, size: body.length })
    for (let at = 0; at < body.length; at += MiB) await upload.write(body.subarray(at, at + MiB))
    expect(server.uploads.size).toBe(1)
    await using other = openBucketOn(server)
    const [claim = ''] = await listed(other)
    expect(claim).toBe(archive.replace('.tar.gz', '.claim'))
    await other.delete(claim, options)
    expect(leaves()).toEqual({ keys: [], uploads: 0 })
    await expect(upload.commit()).rejects.toMatchObject({ code: 'conflict' })
    await upload.abort()
  })

  test.each([
    [403, 'InvalidAccessKeyId', 'auth-failed'],
    [403, 'SignatureDoesNotMatch', 'auth-failed'],
    [403, 'RequestTimeTooSkewed', 'auth-failed'],
    [404, 'NoSuchBucket', 'not-found'],
    [301, 'PermanentRedirect', 'invalid-input'],
    [400, 'AuthorizationHeaderMalformed', 'invalid-input'],
    [507, 'InsufficientStorage', 'no-space'],
    [403, 'QuotaExceeded', 'no-space'],
  ])('says %d %s, which is %s', async (status, code, expected) => {
    server.fault = () => refuse(status, code)
    await expect(destination.put('a', Buffer.from('a'), options)).rejects.toMatchObject({ code: expected })
    expect(slept).toEqual([])
  })
})

test.each([
  ['works', true],
  ['not-implemented', false],
  ['ignored', false],
] as const)('a server on which a conditional write %s is found out', async (conditional, expected) => {
  await using server = await startFaultServer({ conditional, plainChecksumsOnly: true })
  using bucket = bucketOn(server)
  expect(await provesConditionalWrites(bucket, options)).toBe(expected)
  expect([...server.objects.keys()]).toEqual([])
  expect(await abortMultiparts(bucket, '', options)).toBe(0)
})
