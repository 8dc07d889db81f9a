import { expect, test } from 'vitest'
import { openMemorySecrets } from '../secrets/memory.ts'
import { Secret } from '../secrets/secret.ts'
import { DestinationAccess, secretKeyOf } from './access.ts'
import { startFaultServer } from './s3/testing/fault-server.ts'

const options = { signal: new AbortController().signal }
const id = '0190b0d0-0000-7000-8000-00000000000c'

test("two uploads of one schedule share its limit, besides the bucket's own", async () => {
  let now = 0
  const clock = {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  await using server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: true })
  const secrets = openMemorySecrets()
  await secrets.set(secretKeyOf(id), new Secret('secret'))
  const access = new DestinationAccess({
    clock,
    secrets,
    openSftp: () => Promise.reject(new Error('No SFTP.')),
    spoolFolder: '/nonexistent',
  })
  const profile = {
    ...{ kind: 's3' as const, id, name: 'cloud', addedAt: '2026-01-01T00:00:00.000Z', encrypted: false },
    ...{ endpoint: server.endpoint, region: 'lab', bucket: 'b', prefix: '', pathStyle: true, keyId: 'key' },
    ...{ storageClass: null, encryption: { kind: 'bucket' as const }, authority: null, rateMbit: 800 },
    conditionalWrites: true,
  }
  const limit = { key: 'schedule/s', mbit: 8 }
  for (const key of ['one', 'two']) {
    await using destination = await access.openBare(profile, { ...options, limit })
    const upload = await destination.create(key, options)
    for (let sent = 0; sent < 2_000_000; sent += 50_000) await upload.write(Buffer.alloc(50_000))
    await upload.commit()
    await upload.abort()
  }
  expect(now).toBeGreaterThan(3_500)
  expect(now).toBeLessThan(4_500)
})
