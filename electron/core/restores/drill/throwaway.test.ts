import { describe, expect, test } from 'vitest'
import type { RestorePlan, RestoreStep } from '../../../../shared/model/restore-plan.ts'
import { isThrowaway } from '../../../../shared/throwaway.ts'
import type { RestoreArchive } from '../restore-context.ts'
import { testMapping } from '../test-mapping.ts'
import { requireOnlyNew } from './only-new.ts'
import { throwawayMapping, throwawayName } from './throwaway.ts'

const account = throwawayName(Buffer.from('0a1b2c3d', 'hex'))
const archive = {
  facts: { components: [{ kind: 'paths', name: '/srv/site' }] },
  account: {
    paths: ['/srv/site'],
    documentRoots: ['/home/alice/www'],
    mailboxes: [{ path: '/var/mail/alice' }],
  },
} as unknown as RestoreArchive
const mapping = throwawayMapping(
  {
    ...testMapping(),
    user: { from: 'alice', to: account },
    home: { from: '/home/alice', to: '/home/alice' },
    paths: [],
    databases: [{ engine: 'mysql', from: 'shop', to: 'shop' }],
    databaseUsers: [{ engine: 'mysql', from: 'root', to: 'root' }],
    domains: [
      {
        from: 'a.example',
        to: 'a.example',
        paths: [{ from: '/var/vmail/a.example', to: '/var/vmail/a.example' }],
      },
    ],
  },
  archive,
)

test('no name of before stays in the mapping of a throwaway account', () => {
  expect(account).toBe('hfdrill_0a1b2c3d')
  expect(isThrowaway(account)).toBe(true)
  expect(isThrowaway('alice')).toBe(false)
  expect(mapping).toMatchObject({
    home: { to: `/home/${account}` },
    paths: [
      { from: '/srv/site', to: `/home/${account}_paths/srv/site` },
      { from: '/var/mail/alice', to: `/home/${account}/mail/var/mail/alice` },
    ],
    databases: [{ to: `${account}_1` }],
    databaseUsers: [{ to: `${account}_1` }],
    domains: [{ to: `a.example.${account}`, paths: [{ to: `/home/${account}/mail/var/vmail/a.example` }] }],
  })
})

describe('a drill that would touch what it did not make is refused', () => {
  const make = { kind: 'create-account', account, home: `/home/${account}` }
  const none = { overwritten: { count: 0 }, deleted: { count: 0 } }
  const plan = (steps: readonly object[], more: object = {}) =>
    ({
      mapping,
      steps: steps as RestoreStep[],
      to: { exists: false, account },
      components: [none],
      ...more,
    }) as RestorePlan
  const database = {
    kind: 'database-server',
    users: [],
    databases: [{ name: `${account}_1`, exists: false }],
  }

  test('one that makes everything is not', () => {
    expect(() => requireOnlyNew(plan([make, database]))).not.toThrow()
  })

  test.each<[string, RestorePlan]>([
    ['an account that is there', plan([make], { to: { exists: true, account } })],
    ['no account of its own', plan([database])],
    [
      'a database that is there',
      plan([make, { ...database, databases: [{ name: `${account}_1`, exists: true }] }]),
    ],
    ['a database of another name', plan([make, { kind: 'import-database', database: 'shop', table: null }])],
    ['a folder that only begins alike', plan([make, { kind: 'put-tree', root: `/home/${account}x` }])],
    ['a mailbox elsewhere', plan([make, { kind: 'put-mailbox', path: '/var/mail/a', root: '/var/mail/a' }])],
    ['a crontab in use', plan([make, { kind: 'install-crontab', account, enabled: true }])],
    ['a step that nobody thought of', plan([make, { kind: 'run-service', title: 'x' }])],
    ['anything that is overwritten', plan([make], { components: [{ ...none, overwritten: { count: 1 } }] })],
  ])('%s', (_, refused) => {
    expect(() => requireOnlyNew(refused)).toThrow('may touch only what it makes')
  })
})
