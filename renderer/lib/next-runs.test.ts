import { expect, test } from 'vitest'
import type { FleetServer } from '../../shared/model/fleet.ts'
import type { Schedule } from '../../shared/model/schedule.ts'
import { countCovered, nextRunOf, shortWhen } from './next-runs.ts'

const schedule = (...sources: Schedule['sources']) => ({ sources }) as unknown as Schedule
const accounts = schedule({ pick: 'accounts', serverId: 'a' })
const alice = schedule({ pick: 'source', serverId: 'a', source: 'alice' })
const everything = schedule({ pick: 'server', serverId: 'b' })
const upcoming = [
  { schedule: alice, next: '2026-04-08T15:00:00.000Z' },
  { schedule: accounts, next: '2026-04-09T02:00:00.000Z' },
  { schedule: everything, next: '2026-04-12T04:00:00.000Z' },
]

test.each([
  [{ serverId: 'a', source: 'alice', kind: 'account' }, '2026-04-08T15:00:00.000Z'],
  [{ serverId: 'a', source: 'bob', kind: 'account' }, '2026-04-09T02:00:00.000Z'],
  [{ serverId: 'a', source: 'system', kind: 'system' }, null],
  [{ serverId: 'b', source: 'system', kind: 'system' }, '2026-04-12T04:00:00.000Z'],
  [{ serverId: 'c', source: 'alice', kind: 'account' }, null],
] as const)('%j is next at %s', (source, next) => {
  expect(nextRunOf(source, upcoming)).toBe(next)
})

test.each([
  ['2026-04-09T02:00:00.000Z', '02:00'],
  ['2026-04-12T04:00:00.000Z', 'Sun'],
  ['2026-05-01T04:00:00.000Z', '1 May'],
  ['2027-05-01T04:00:00.000Z', '1 May 2027'],
])('%s is %s', (at, said) => {
  expect(shortWhen(at, { now: Date.parse('2026-04-08T14:00:00.000Z') })).toBe(said)
})

test('a schedule counts what is there, not what only backups are left of', () => {
  const servers = [
    {
      server: { id: 'a' },
      sources: [
        { name: 'alice', kind: 'account', onServer: true },
        { name: 'bob', kind: 'account', onServer: false },
        { name: 'system', kind: 'system', onServer: true },
      ],
    },
  ] as unknown as FleetServer[]
  expect([accounts, alice, everything].map((each) => countCovered(each, servers))).toEqual([1, 1, 0])
})
