import { expect, test } from 'vitest'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { SourceOverrides } from '../../../shared/model/source.ts'
import { noOverrides } from '../sources/override-store.ts'
import { claimBrought, forgetBrought } from './claims.ts'

const planOf = (account: string, exists: boolean) =>
  ({
    to: { account, exists },
    mapping: { home: { from: '/home/alice', to: '/home/alice' } },
    steps: [
      { kind: 'put-tree', component: 'files', root: '/home/alice' },
      { kind: 'put-tree', component: 'paths /srv/site', root: '/srv/site' },
      { kind: 'put-mailbox', component: 'mail alice', path: '/home/alice/Maildir' },
      { kind: 'put-mailbox', component: 'mail info@a.example', path: '/var/vmail/a.example/info' },
    ],
  }) as unknown as RestorePlan

function store(first: SourceOverrides | null) {
  let now = first
  const overrides = {
    find: () => now,
    set: (_server: string, _source: string, next: SourceOverrides) => {
      now = next
      return Promise.resolve()
    },
  }
  return { overrides, now: () => now }
}

test('what a new account has outside its home is noted as its own, beside what was, and forgotten with it', async () => {
  const { overrides, now } = store({ ...noOverrides, addPaths: ['/srv/other'], exclude: ['*.log'] })
  const claiming = { plan: planOf('alice', false), serverId: 'id', overrides }
  expect(await claimBrought(claiming)).toEqual(['/srv/site', 'info@a.example'])
  await claimBrought(claiming)
  const noted = { addPaths: ['/srv/other', '/srv/site'], addMail: ['info@a.example'], exclude: ['*.log'] }
  expect(now()).toMatchObject(noted)
  await forgetBrought(claiming)
  expect(now()).toMatchObject({ addPaths: ['/srv/other'], addMail: [], exclude: ['*.log'] })
})

test.each([
  ['an account that was there', planOf('alice', true)],
  ['a throwaway account', planOf('hfdrill_0a1b2c3d', false)],
])('nothing is noted for %s', async (_, plan) => {
  const { overrides, now } = store(null)
  expect(await claimBrought({ plan, serverId: 'id', overrides })).toEqual([])
  expect(now()).toBe(null)
})
