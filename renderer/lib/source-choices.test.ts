import { expect, test } from 'vitest'
import type { AccountSource, SourceOverrides } from '../../shared/model/source.ts'
import { choicesOf, choose } from './source-choices.ts'

const none: SourceOverrides = {
  ...{ addPaths: [], removePaths: [], addDatabases: [], removeDatabases: [], addMail: [], removeMail: [] },
  ...{ exclude: [], nobackupTag: false, accept: [] },
}
const source = {
  paths: [
    { path: '/srv/alice', evidence: [{ kind: 'virtual-host', path: '/etc/a.conf', names: ['a.example'] }] },
  ],
  databases: [
    { engine: 'mysql', name: 'alice_wp', bytes: 5, evidence: [{ kind: 'prefix', prefix: 'alice_' }] },
    { engine: 'mysql', name: 'shop', bytes: 7, evidence: [{ kind: 'admin' }] },
  ],
  mailboxes: [
    {
      domain: 'a.example',
      name: 'info',
      path: '/var/vmail/a.example/info',
      evidence: [{ kind: 'mail-user', mailbox: 'x' }],
    },
  ],
} as unknown as AccountSource

test('lists what was found with its evidence, and what the admin added or took out', () => {
  const stored = { ...none, addDatabases: ['shop'], removeDatabases: ['postgresql/old'] }
  expect(choicesOf('databases', { source, stored, draft: stored })).toEqual([
    {
      key: 'mysql/alice_wp',
      name: 'alice_wp',
      about: 'MySQL',
      bytes: 5,
      why: ['prefix alice_'],
      included: true,
    },
    { key: 'mysql/shop', name: 'shop', about: 'MySQL', bytes: 7, why: [], included: true },
    { key: 'postgresql/old', name: 'postgresql/old', about: '', bytes: null, why: [], included: false },
  ])
})

test('leaves out what was found, and lets go of what was added', () => {
  const stored = { ...none, addDatabases: ['shop'] }
  const [found, added] = choicesOf('databases', { source, stored, draft: stored })
  const without = choose('databases', found!, { included: false, draft: stored })
  expect(without).toMatchObject({ addDatabases: ['shop'], removeDatabases: ['mysql/alice_wp'] })
  const neither = choose('databases', added!, { included: false, draft: without })
  expect(neither).toMatchObject({ addDatabases: [], removeDatabases: ['mysql/alice_wp'] })
  expect(choicesOf('databases', { source, stored, draft: neither }).map(({ included }) => included)).toEqual([
    false,
    false,
  ])
  expect(choose('databases', found!, { included: true, draft: neither })).toEqual(none)
})

test('takes a domain for all of its mailboxes', () => {
  const draft = { ...none, removeMail: ['a.example'] }
  expect(choicesOf('mail', { source, stored: none, draft })).toMatchObject([
    { name: 'info@a.example', included: false },
  ])
})
