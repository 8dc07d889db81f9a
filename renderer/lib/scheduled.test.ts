import { expect, test } from 'vitest'
import type { SourceStanding } from '../../shared/model/fleet.ts'
import type { ScheduleSource } from '../../shared/model/schedule.ts'
import type { ScheduleRow } from '../../shared/schedule-contract.ts'
import { briefWords, schedulesOf, soonWords } from './scheduled.ts'

const now = Date.parse('2026-04-08T14:05:00.000Z')
const row = (name: string, next: string | null, ...sources: readonly ScheduleSource[]) =>
  ({ schedule: { name, sources }, next }) as ScheduleRow
const alice = { name: 'alice', kind: 'account', onServer: true } as SourceStanding
const site = { name: 'shop', kind: 'site', onServer: true } as SourceStanding
const namesOf = (rows: readonly ScheduleRow[]) => rows.map(({ schedule }) => schedule.name)

const rows = [
  row('paused', null, { pick: 'server', serverId: 'a' }),
  row('weekly', '2026-04-12T04:00:00.000Z', { pick: 'source', serverId: 'a', source: 'alice' }),
  row('nightly', '2026-04-09T02:00:00.000Z', { pick: 'accounts', serverId: 'a' }),
  row('elsewhere', '2026-04-08T15:00:00.000Z', { pick: 'server', serverId: 'b' }),
]

test('finds the schedules of a source by name, by kind and by server, the soonest first', () => {
  expect(namesOf(schedulesOf({ serverId: 'a', source: alice }, rows))).toEqual([
    'nightly',
    'weekly',
    'paused',
  ])
  expect(namesOf(schedulesOf({ serverId: 'a', source: site }, rows))).toEqual(['paused'])
  const gone = { ...alice, onServer: false }
  expect(namesOf(schedulesOf({ serverId: 'a', source: gone }, rows))).toEqual(['weekly'])
})

test('says when something runs next in as few letters as will do', () => {
  expect(soonWords('2026-04-09T02:00:00.000Z', { now })).toMatch(/^\d\d:00$/)
  expect(soonWords('2026-04-12T12:00:00.000Z', { now })).toBe('Sun')
  expect(soonWords('2026-05-01T12:00:00.000Z', { now })).toBe('1 May')
})

test('says what a schedule does', () => {
  const of = (schedule: object) =>
    briefWords({ paused: null, retention: null, ...schedule } as ScheduleRow['schedule'])
  expect(of({ times: { every: 'day', at: '02:00' }, retention: { last: 7 } })).toBe('Daily 02:00, keep 7')
  expect(of({ times: { every: 'week', on: 'sun', at: '04:00' } })).toBe('Sundays 04:00')
  expect(of({ times: { every: 'cron', expression: '0 * * * *' } })).toBe('By cron')
  expect(of({ times: { every: 'day', at: '02:00' }, paused: { since: '', until: null } })).toBe('Paused')
})
