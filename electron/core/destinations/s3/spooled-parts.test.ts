import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFaultServer, type FaultServer } from './testing/fault-server.ts'
import { openBucketOn } from './testing/open-bucket.ts'

const MiB = 1024 * 1024
const options = { signal: new AbortController().signal }
const body = randomBytes(11 * MiB + 3)

describe('an object whose parts wait on disk', () => {
  let server: FaultServer
  let spoolFolder: string
  beforeEach(async () => {
    server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: true })
    spoolFolder = await mkdtemp(join(tmpdir(), 'holdfast-parts-'))
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    await rm(spoolFolder, { recursive: true })
  })

  const store = async (bytes: Buffer, size = 5 * MiB) => {
    await using destination = openBucketOn(
      server,
      {},
      {
        spoolFolder,
        planParts: () => ({ size, spooled: true }),
      },
    )
    const upload = await destination.create('a', { ...options, size: null })
    try {
      for (let at = 0; at < bytes.length; at += 700_000) await upload.write(bytes.subarray(at, at + 700_000))
      return await upload.commit()
    } finally {
      await upload.abort()
    }
  }

  test('is stored as it is, also where a part must be sent again, and nothing of it is left here', async () => {
    let parts = 0
    server.fault = ({ operation }) => {
      if (operation !== 'PUT part') return null
      parts += 1
      return parts === 2 ? { kind: 'refuse', status: 503, code: 'SlowDown' } : null
    }
    const stored = await store(body)
    expect(stored).toMatchObject({ size: body.length, confirmed: true })
    expect(parts).toBe(4)
    expect(server.objects.get('a')?.body.equals(body)).toBe(true)
    expect(await readdir(spoolFolder)).toEqual([])
  })

  test('may be smaller than one part', async () => {
    expect(await store(body.subarray(0, 1000))).toMatchObject({ size: 1000, confirmed: true })
    expect(server.objects.get('a')?.body.equals(body.subarray(0, 1000))).toBe(true)
  })

  test('is refused where its parts do not fit, and the name is free again', async () => {
    await expect(store(body, 1e18)).rejects.toMatchObject({ code: 'no-space' })
    expect([...server.objects.keys()]).toEqual([])
    await store(body)
  })

  test('is not stored where the server keeps other bytes', async () => {
    server.fault = ({ operation, nth }) => (operation === 'PUT part' && nth <= 3 ? { kind: 'damage' } : null)
    await expect(store(body)).rejects.toMatchObject({ code: 'corrupt' })
    expect([[...server.objects.keys()], server.uploads.size]).toEqual([[], 0])
  })
})
