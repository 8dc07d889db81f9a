import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClient } from '../../../shared/client.ts'
import { createApp, type App } from '../app.ts'
import { markerName } from '../destinations/marker.ts'
import { startFaultServer } from '../destinations/s3/testing/fault-server.ts'
import { dispatch } from '../dispatch.ts'
import { createHandlers } from '../handlers.ts'
import { openMemorySecrets } from '../secrets/memory.ts'
import { systemClock } from '../store/testing/system-clock.ts'

const log = { write: () => undefined }
const { signal } = new AbortController()
let folder = ''
let app: App
const stored = new Map<string, string>()

/** Secrets in memory, of which the keys are remembered. */
function rememberingSecrets() {
  const secrets = openMemorySecrets()
  return {
    ...secrets,
    get: (key: string) => secrets.get(key),
    set: async (key: string, value: Parameters<typeof secrets.set>[1]) => {
      stored.set(key, value.reveal())
      await secrets.set(key, value)
    },
    delete: async (key: string) => {
      stored.delete(key)
      await secrets.delete(key)
    },
  }
}

beforeEach(async () => {
  stored.clear()
  folder = await mkdtemp(join(tmpdir(), 'holdfast-probe-'))
  app = await createApp({
    ...{ clock: { ...systemClock, now: () => new Date() }, log, app: 'holdfast 0.1.0', machine: null },
    ...{ dataFolder: join(folder, 'data'), backupFolder: join(folder, 'backups') },
    ...{ keychain: rememberingSecrets(), passphraseFile: null },
  })
})
afterEach(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const client = () =>
  createClient({
    call: (method, input) =>
      dispatch(createHandlers(app), { method, input }, { caller: 'browser', signal, log }),
    onEvent: () => () => undefined,
    closed: signal,
  })

test('a folder is tried before it is added, and is none afterwards', async () => {
  const path = join(folder, 'usb')
  const destination = { kind: 'local', name: 'usb', path } as const
  const { findings } = await client().call('destinations.probe', { destination })
  expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
  expect((await client().call('destinations.list', {})).destinations.map(({ name }) => name)).not.toContain(
    'usb',
  )
  const left = await readdir(path, { recursive: true, withFileTypes: true })
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([markerName])
})

test('a name that is taken is said before anything is tried', async () => {
  await client().call('destinations.add', { kind: 'local', name: 'usb', path: join(folder, 'usb') })
  const again = { kind: 'local', name: 'usb', path: join(folder, 'other') } as const
  await expect(client().call('destinations.probe', { destination: again })).rejects.toMatchObject({
    code: 'conflict',
  })
  expect(await readdir(folder)).not.toContain('other')
})

test('the secret of a bucket that was only tried is kept nowhere', async () => {
  await using server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: false })
  const place = {
    ...{ endpoint: server.endpoint, region: 'us-east-1', bucket: 'mine', prefix: '', pathStyle: true },
    ...{
      keyId: 'KEY',
      storageClass: null,
      encryption: { kind: 'bucket' as const },
      authority: null,
      rateMbit: null,
    },
  } as const
  const destination = { kind: 's3', name: 'cloud', place, secret: 'topsecret' } as const
  const { findings } = await client().call('destinations.probe', { destination })
  expect(findings.find(({ what }) => what === 'write')?.state).toBe('ok')
  expect([...stored.values()]).not.toContain('topsecret')
  server.fault = () => ({ kind: 'refuse', status: 403, code: 'InvalidAccessKeyId' })
  await expect(client().call('destinations.probe', { destination })).rejects.toThrow()
  expect([...stored.values()]).not.toContain('topsecret')
})
