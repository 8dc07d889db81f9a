import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Input, Method, Output } from '../../../shared/contract.ts'
import { accountEntries, buildFixture } from '../archive/fixture.ts'
import { createApp } from '../app.ts'
import { keysOf } from '../backups/stored-backup.ts'
import { dispatch } from '../dispatch.ts'
import { createHandlers } from '../handlers.ts'
import type { Ports } from '../ports.ts'
import { moodyKeychain } from '../secrets/testing/keychains.ts'
import { systemClock } from '../store/testing/system-clock.ts'

const log = { write: () => undefined }
const clock = { ...systemClock, now: () => new Date('2026-04-09T02:00:00Z') }
const { signal } = new AbortController()
const stem = 'lab-00000000/accounts/alice/alice_2026-04-08'

/** Puts a finished backup into a folder. */
async function writeBackup(root: string): Promise<void> {
  const { archive, index, outer } = buildFixture(accountEntries)
  const keys = keysOf(join(root, stem))
  const server = { format: 1, id: 's', name: 'lab', host: 'h', hostKeys: [], machine: null }
  await mkdir(dirname(keys.archive), { recursive: true })
  await writeFile(keys.archive, archive)
  await writeFile(keys.index, index)
  await writeFile(
    keys.manifest,
    JSON.stringify({ ...outer, copy: { ...outer.copy, name: 'alice_2026-04-08.tar.gz' } }),
  )
  await writeFile(join(root, 'lab-00000000/server.json'), JSON.stringify(server))
}

test('encrypted copies are there again as soon as the secrets are unlocked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-unlock-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  const dataFolder = join(folder, 'data')
  await mkdir(dataFolder)
  const ports: Ports = {
    ...{ clock, log, dataFolder, backupFolder: join(folder, 'backups'), app: 'holdfast 0.1.0' },
    ...{ machine: null, keychain: moodyKeychain('absent').store, passphraseFile: null },
  }
  await using app = await createApp(ports)
  const handlers = createHandlers(app)
  const call = async <M extends Method>(method: M, input: Input<M>): Promise<Output<M>> => {
    const reply = await dispatch(handlers, { method, input }, { caller: 'cli', signal, log })
    if (!reply.ok) throw new Error(`${method}: ${reply.error.message}`)
    return reply.value as Output<M>
  }
  const passphrase = 'correct horse battery staple'
  await call('secrets.setPassphrase', { passphrase, current: null })
  const { sheet } = await call('recoveryKey.create', {})
  const [key = ''] = /AGE-SECRET-KEY-1\w{58}/.exec(sheet.text) ?? []
  await call('recoveryKey.confirm', { key })
  const [plain, sealed] = [join(folder, 'plain'), join(folder, 'sealed')]
  await writeBackup(plain)
  await call('destinations.add', { kind: 'local', name: 'plain', path: plain, encrypted: false })
  await call('destinations.add', { kind: 'local', name: 'sealed', path: sealed, encrypted: true })
  const { job } = await call('copies.add', { backup: 'alice_2026-04-08.tar.gz', destination: 'sealed' })
  expect((await app.jobs.settled(job.id)).error).toBeNull()
  const places = async () => {
    const { backups, unreadable } = await call('backups.list', {})
    return [backups.flatMap(({ copies }) => copies.map(({ destination }) => destination)), unreadable.length]
  }
  expect(await places()).toEqual([['plain', 'sealed'], 0])

  await call('secrets.lock', {})
  await call('catalog.rebuild', { destination: null })
  expect(await places()).toEqual([['plain'], 1])
  await call('secrets.unlock', { passphrase })
  expect(await places()).toEqual([['plain', 'sealed'], 0])
})
