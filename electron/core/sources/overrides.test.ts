import { expect, test } from 'vitest'
import { applyOverrides } from './overrides.ts'
import type { AccountSource, SourceOverrides } from '../../../shared/model/source.ts'
import type { Findings } from './findings.ts'

const nothing: SourceOverrides = {
  addPaths: [],
  removePaths: [],
  addDatabases: [],
  removeDatabases: [],
  addMail: [],
  removeMail: [],
  exclude: [],
  nobackupTag: false,
  accept: [],
}

const alice: AccountSource = {
  kind: 'account',
  name: 'alice',
  uid: 1000,
  gid: 1000,
  groups: ['alice'],
  gecos: '',
  home: '/home/alice',
  homeExists: true,
  shell: '/bin/bash',
  homeBytes: null,
  databases: [
    { engine: 'mysql', name: 'alice_wp', bytes: 7, evidence: [{ kind: 'prefix', prefix: 'alice_' }] },
  ],
  mailboxes: [],
  paths: [{ path: '/srv/alice', evidence: [{ kind: 'home' }] }],
  sites: [],
  hasCrontab: false,
  configFiles: [],
  domains: [],
}

const findings: Findings = {
  sources: [alice],
  databases: [
    { engine: 'mysql', name: 'alice_wp', bytes: 7, owner: null },
    { engine: 'mysql', name: 'erp', bytes: 9, owner: null },
    { engine: 'postgresql', name: 'erp', bytes: 3, owner: 'erp' },
    { engine: 'mysql', name: 'mysql', bytes: 1, owner: null },
  ],
  mailboxes: [
    {
      domain: 'lost.test',
      name: 'info',
      path: '/var/vmail/lost.test/info',
      uid: 5000,
      gid: 5000,
      owners: [],
    },
    {
      domain: 'lost.test',
      name: 'sales',
      path: '/var/vmail/lost.test/sales',
      uid: 5000,
      gid: 5000,
      owners: [],
    },
  ],
  roots: [
    { path: '/srv/lost', where: '/etc/nginx/sites-enabled/lost' },
    { path: '/srv/alice/public', where: '/etc/nginx/sites-enabled/alice' },
  ],
  cronJobs: [
    { command: '/root/backup.sh', where: '/var/spool/cron/crontabs/root', claimed: false },
    { command: 'alice-job', where: '/etc/cron.d/alice', claimed: true },
  ],
  logins: new Map(),
  notes: [],
  failed: [],
}

function after(overrides: Partial<SourceOverrides>) {
  const { sources, unclaimed } = applyOverrides(findings, () => ({ ...nothing, ...overrides }))
  return { source: sources[0], unclaimed: unclaimed.map((one) => `${one.kind} ${one.name}`) }
}

test('what no source holds is listed once each', () => {
  expect(applyOverrides(findings, () => null).unclaimed).toEqual([
    { kind: 'document-root', name: '/srv/lost', where: '/etc/nginx/sites-enabled/lost', bytes: null },
    { kind: 'database', name: 'erp', where: 'mysql', bytes: 9 },
    { kind: 'database', name: 'erp', where: 'postgresql', bytes: 3 },
    { kind: 'mail-domain', name: 'lost.test', where: '/var/vmail/lost.test', bytes: null },
    { kind: 'cron-job', name: '/root/backup.sh', where: '/var/spool/cron/crontabs/root', bytes: null },
  ])
})

test('the admin adds a database of one engine or of both, and it is claimed', () => {
  expect(after({ addDatabases: ['postgresql/erp'] }).unclaimed).toContain('database erp')
  const both = after({ addDatabases: ['erp'] })
  expect(both.unclaimed).not.toContain('database erp')
  expect(both.source?.databases.slice(1)).toEqual([
    { engine: 'mysql', name: 'erp', bytes: 9, evidence: [{ kind: 'admin' }] },
    { engine: 'postgresql', name: 'erp', bytes: 3, evidence: [{ kind: 'admin' }] },
  ])
})

test('a database that the admin named and nobody has stays in, so that the backup says that it is missing', () => {
  expect(after({ addDatabases: ['gone'] }).source?.databases.at(-1)).toMatchObject({
    engine: 'mysql',
    name: 'gone',
  })
})

test('what the admin removes is out and becomes unclaimed', () => {
  const { source, unclaimed } = after({ removeDatabases: ['alice_wp'], removePaths: ['/srv/alice'] })
  expect(source).toMatchObject({ databases: [], paths: [] })
  expect(unclaimed).toEqual(expect.arrayContaining(['database alice_wp', 'document-root /srv/alice/public']))
})

test('a mail domain, one mailbox or a path can be added, and removing wins over evidence', () => {
  expect(after({ addMail: ['Lost.test'] }).source?.mailboxes.map((box) => box.name)).toEqual([
    'info',
    'sales',
  ])
  expect(after({ addMail: ['info@lost.test'] }).unclaimed).toContain('mail-domain lost.test')
  const owned = {
    ...findings,
    mailboxes: findings.mailboxes.map((box) => ({ ...box, owners: [{ account: 'alice', evidence: [] }] })),
  }
  const without = applyOverrides(owned, () => ({ ...nothing, removeMail: ['sales@lost.test'] }))
  expect(without.sources[0]?.mailboxes.map((box) => box.name)).toEqual(['info'])
})

test("the admin's word stands first among the reasons", () => {
  const { source } = after({ addDatabases: ['alice_wp'], addPaths: ['/srv/alice', '/srv/lost'] })
  expect(source?.databases[0]?.evidence.map((one) => one.kind)).toEqual(['admin', 'prefix'])
  expect(source?.paths.map((one) => [one.path, one.evidence[0]?.kind])).toEqual([
    ['/srv/alice', 'admin'],
    ['/srv/lost', 'admin'],
  ])
})
