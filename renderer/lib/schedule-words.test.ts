import { describe, expect, test } from 'vitest'
import type { FleetServer } from '../../shared/model/fleet.ts'
import type { PruneStep } from '../../shared/model/prune.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'
import type { ScheduleRow } from '../../shared/schedule-contract.ts'
import {
  lostServers,
  pruneWords,
  runTroubles,
  runWords,
  sourcesWords,
  standingWords,
  timesWords,
  vanishedOf,
} from './schedule-words.ts'

const now = Date.parse('2026-04-08T14:05:00.000Z')
const servers = [
  {
    server: { id: 'a', name: 'web1' },
    lookedAt: '2026-04-08T02:00:00.000Z',
    sources: [
      { name: 'alice', onServer: true },
      { name: 'bob', onServer: false },
    ],
  },
] as unknown as readonly FleetServer[]
const kinds = (...sources: readonly (readonly [string, string])[]) =>
  sources.map(([name, kind]) => ({ name, kind, onServer: true })) as FleetServer['sources']
const run = (change: Partial<ScheduleRun>) =>
  ({
    state: 'done',
    late: false,
    count: 1,
    madeGoodAt: null,
    sources: [],
    error: null,
    vanished: [],
    ...change,
  }) as ScheduleRun
const row = (change: object, schedule: object = {}) =>
  ({
    schedule: { paused: null, ...schedule },
    next: null,
    open: null,
    attention: [],
    ...change,
  }) as unknown as ScheduleRow
const source = (name: string) => ({ pick: 'source', serverId: 'a', source: name }) as const

test('says when a schedule is due', () => {
  expect(timesWords({ every: 'day', at: '02:00' })).toBe('Every day at 02:00')
  expect(timesWords({ every: 'week', on: 'sun', at: '04:00' })).toBe('Every Sunday at 04:00')
  expect(timesWords({ every: 'month', on: 'last', at: '04:00' })).toBe(
    'On the last day of each month at 04:00',
  )
})

test('says whom a schedule backs up, also where its server is gone', () => {
  expect(sourcesWords([source('alice'), source('bob')], servers)).toBe('2 sources on web1')
  const both = servers.map((each) => ({ ...each, sources: kinds(['alice', 'account'], ['bob', 'account']) }))
  expect(sourcesWords([source('alice'), source('bob')], both)).toBe('2 accounts on web1')
  const mixed = servers.map((each) => ({ ...each, sources: kinds(['alice', 'account'], ['bob', 'site']) }))
  expect(sourcesWords([source('alice'), source('bob')], mixed)).toBe('2 sources on web1')
  expect(sourcesWords([{ pick: 'accounts', serverId: 'a' }], servers)).toBe('every account of web1')
  expect(sourcesWords([{ pick: 'server', serverId: 'x' }], servers)).toBe(
    'everything on a server that is gone',
  )
  expect(lostServers([{ pick: 'server', serverId: 'x' }], servers)).toBe(1)
})

test('names what its server does not have any more, by the last look and by the last run', () => {
  expect(vanishedOf([source('alice'), source('bob')], servers, [])).toEqual(['web1/bob'])
  const looked = run({ sources: [{ source: 'alice' }] as ScheduleRun['sources'], vanished: ['web1/carol'] })
  expect(vanishedOf([{ pick: 'accounts', serverId: 'a' }], servers, [run({}), looked])).toEqual([
    'web1/carol',
  ])
})

describe('how a schedule stands', () => {
  test('paused, with its end where there is one', () => {
    const paused = { since: '2026-03-02T09:00:00.000Z', until: '2026-04-09T00:00:00.000Z' }
    expect(standingWords(row({}, { paused }), { now }).words).toMatch(/^Paused until /)
    expect(standingWords(row({}, { paused: { ...paused, until: null } }), { now }).words).toBe(
      'Paused since 2 Mar',
    )
  })

  test('what did not go well comes before the next run, and a pause that has ended counts no more', () => {
    const paused = { since: '2026-03-02T09:00:00.000Z', until: '2026-04-01T00:00:00.000Z' }
    const missed = run({ state: 'missed', count: 5, dueAt: '2026-04-08T02:00:00.000Z' })
    const { mark, words } = standingWords(row({ attention: [missed] }, { paused }), { now })
    expect([mark, words.replace(/\d\d:\d\d/, '')]).toEqual(['warn', 'Missed, for 5 due times today '])
    expect(standingWords(row({}), { now }).words).toBe('Never due')
  })
})

test('says what became of a due time, and what was made good', () => {
  expect(runWords(run({ late: true, count: 5 }))).toEqual({
    mark: 'held',
    words: 'Done, late, for 5 due times',
  })
  expect(runWords(run({ state: 'failed', madeGoodAt: '2026-04-08T02:00:00.000Z' })).mark).toBe('idle')
  const error = { code: 'unreachable', message: 'It does not answer.' } as const
  const failed = [
    { source: '*', error },
    { source: 'bob', error },
  ] as ScheduleRun['sources']
  expect(runTroubles(run({ sources: failed }))).toEqual(['It does not answer.', 'bob: It does not answer.'])
})

test('says what happens to a copy, and why it stays', () => {
  const step = (change: Partial<PruneStep>) =>
    ({ step: 'keep', reasons: [], until: null, ...change }) as PruneStep
  expect(pruneWords(step({ reasons: ['last', 'newest-good'] }), { now })).toBe(
    'Stays: one of the last, the newest good one',
  )
  expect(pruneWords(step({ step: 'wait', until: '2026-04-12T02:00:00.000Z' }), { now })).toBe('Goes 12 Apr')
})
