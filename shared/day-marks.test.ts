import { expect, test } from 'vitest'
import { dayMarks } from './day-marks.ts'
import type { Backup } from './model/backup.ts'
import type { Job } from './model/job.ts'

const now = new Date('2026-04-08T14:00:00.000Z')
const verified = [{ verified: { level: 'read', at: '', ok: true } }]

const made = (startedAt: string, change: object = {}): Backup =>
  ({ startedAt, scope: 'full', result: 'succeeded', copies: verified, ...change }) as unknown as Backup
const ran = (createdAt: string, state: Job['state']): Job => ({ createdAt, state }) as unknown as Job
const marks = (backups: readonly Backup[], jobs: readonly Job[] = [], timeZone = 'UTC') =>
  dayMarks({ backups, jobs }, { now, days: 3, timeZone })

test('each day has the best that it holds, today last', () => {
  const partial = { result: 'partial' }
  expect(marks([made('2026-04-06T02:00:00Z', partial), made('2026-04-06T05:00:00Z')])).toEqual([
    'full',
    'none',
    'none',
  ])
  expect(marks([made('2026-04-07T02:00:00Z', { scope: 'files' })])).toEqual(['none', 'scope', 'none'])
  expect(marks([made('2026-04-08T02:00:00Z', { copies: [] })])).toEqual(['none', 'none', 'unverified'])
  expect(marks([made('2026-04-08T02:00:00Z', partial)])).toEqual(['none', 'none', 'warnings'])
  expect(marks([], [ran('2026-04-07T02:00:00Z', 'failed')])).toEqual(['none', 'failed', 'none'])
  expect(marks([made('2026-04-08T02:00:00Z')], [ran('2026-04-08T13:00:00Z', 'running')])).toEqual([
    'none',
    'none',
    'running',
  ])
})

test('days begin at midnight where the person is', () => {
  const late = [made('2026-04-07T23:30:00Z')]
  expect(marks(late)).toEqual(['none', 'full', 'none'])
  expect(marks(late, [], 'Europe/Amsterdam')).toEqual(['none', 'none', 'full'])
})

test('a day of 23 hours is one day', () => {
  const days = dayMarks(
    {
      backups: [made('2026-03-28T12:00:00Z'), made('2026-03-29T12:00:00Z'), made('2026-03-30T12:00:00Z')],
      jobs: [],
    },
    { now: new Date('2026-03-30T22:00:00Z'), days: 3, timeZone: 'Europe/Amsterdam' },
  )
  expect(days).toEqual(['full', 'full', 'none'])
})
