import { expect, test } from 'vitest'
import type { FleetServer } from '../../shared/model/fleet.ts'
import type { Schedule } from '../../shared/model/schedule.ts'
import { countCovered } from './next-runs.ts'

const schedule = (...sources: Schedule['sources']) => ({ sources }) as unknown as Schedule
const accounts = schedule({ pick: 'accounts', serverId: 'a' })
const alice = schedule({ pick: 'source', serverId: 'a', source: 'alice' })
const everything = schedule({ pick: 'server', serverId: 'b' })

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
