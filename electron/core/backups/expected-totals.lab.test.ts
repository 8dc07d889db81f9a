import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount } from '../../../e2e/lab/tree.ts'
import type { Scope } from '../../../shared/model/backup.ts'
import type { AccountSource } from '../../../shared/model/source.ts'
import { totalsOfSource } from './expected-totals.ts'

let host: LabHost
beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
})
afterAll(() => host[Symbol.asyncDispose]())

const database = { engine: 'mysql' as const, name: 'alice_wp', bytes: 5_000, evidence: [] }
const mailbox = { domain: null, name: 'alice', uid: 1000, gid: 1000, insideHome: true, evidence: [] }
const [own, virtual] = ['/home/alice/Maildir', '/var/vmail/alice.example/info']
const alice = labAccount({
  name: 'alice',
  databases: [database],
  paths: [{ path: '/srv/sites/alice-shop', evidence: [] }],
  mailboxes: [
    { ...mailbox, path: own },
    { ...mailbox, domain: 'alice.example', name: 'info', path: virtual, insideHome: false },
  ],
})

async function totals(scope: Scope, change: Partial<AccountSource> = {}, exclude: readonly string[] = []) {
  await using login = await logIn(host, 'root')
  const { signal } = new AbortController()
  return await totalsOfSource(login.shell, { ...alice, ...change }, { scope, exclude, signal })
}

async function onDisk(path: string): Promise<number> {
  return Number.parseInt((await host.exec(`du -sk ${path}`)).stdout, 10) * 1024
}

test('a first backup is measured against what lies on the disks and what databases say', async () => {
  const [home, site] = [await onDisk('/home/alice'), await onDisk('/srv/sites/alice-shop')]
  const [inside, outside] = [await onDisk(own), await onDisk(virtual)]
  const known = (bytes: number) => ({ bytes, items: null, approximate: true })
  expect(home).toBeGreaterThan(20_000_000)
  expect(await totals('full')).toEqual(known(home + site + outside + 5_000))
  expect(await totals('files')).toEqual(known(home + site - inside))
  expect(await totals('email')).toEqual(known(inside + outside))
  expect(await totals('databases', {}, ['*.log'])).toEqual(known(5_000))
})

test('what is not known in part has no total', async () => {
  const unknown = { bytes: null, items: null }
  expect(await totals('full', { databases: [{ ...database, bytes: 0 }] })).toEqual(unknown)
  expect(await totals('email', { mailboxes: [{ ...mailbox, path: '/var/vmail/none' }] })).toEqual(unknown)
  expect(await totals('files', {}, ['*.log'])).toEqual(unknown)
})

test('counting that takes too long is given up', async () => {
  await host.exec('cp -a /usr/bin/timeout /root/ && cat >/usr/bin/timeout && chmod 755 /usr/bin/timeout', {
    input: '#!/bin/sh\n[ "$2" != du ] || exit 124\nexec /root/timeout "$@"\n',
  })
  try {
    expect(await totals('full')).toEqual({ bytes: null, items: null })
  } finally {
    await host.exec('cp -a /root/timeout /usr/bin/timeout')
  }
})
