import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Retention } from './model/schedule.ts'
import { histories, invariants } from './testing/retention-properties.ts'
import { describeRetention } from './retention-text.ts'
import { needsConfirmation, retain, type SeriesEntry } from './retention.ts'

const none = { last: null, daily: null, weekly: null, monthly: null, yearly: null, withinDays: null }
const zone = 'UTC'

describe('over random histories', () => {
  test.each(Object.entries(invariants))('%s', (_, holds) => {
    fc.assert(fc.property(histories, holds), { numRuns: 3000, endOnFailure: true })
  })
})

function daily(count: number, change: Partial<SeriesEntry> = {}): readonly SeriesEntry[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ id: `b${n}`, startedAt: new Date(Date.parse('2026-04-08T02:00:00Z') - n * 86_400_000) },
    ...{ good: true, suspicious: false, held: false },
    ...change,
  }))
}

const now = new Date('2026-04-08T03:00:00Z')

function kept(entries: readonly SeriesEntry[], policy: Partial<Retention>): string[] {
  return retain(entries, { ...none, ...policy }, { now, zone }).flatMap(({ startedAt, reasons }) =>
    reasons.length > 0 ? [startedAt.toISOString().slice(0, 10)] : [],
  )
}

test('keeps the last, one per week and one per month, the newest of each', () => {
  expect(kept(daily(100), { last: 2, weekly: 3, monthly: 3 })).toEqual([
    '2026-04-08',
    '2026-04-07',
    '2026-04-05',
    '2026-03-31',
    '2026-03-29',
    '2026-02-28',
  ])
})

test('a backup that failed for 30 days does not lose the last good one to a rule of days', () => {
  const failed = daily(30, { good: false })
  const good = daily(1).map((entry) => ({
    ...entry,
    id: 'good',
    startedAt: new Date('2026-03-01T02:00:00Z'),
  }))
  expect(kept([...failed, ...good], { withinDays: 7 })).toContain('2026-03-01')
})

test('one that goes each day asks nobody, a third of a series does', () => {
  const asks = (entries: number, going: number) => needsConfirmation([{ entries, going }])
  expect([asks(3, 1), asks(20, 6), asks(20, 7), asks(100, 10), asks(100, 11)]).toEqual([
    false,
    false,
    true,
    false,
    true,
  ])
})

test.each<[Partial<Retention>, string]>([
  [{ last: 7 }, 'Keeps the last 7.'],
  [{ last: 7, weekly: 4 }, 'Keeps the last 7 and one per week for 4 weeks, up to 11 backups of each source.'],
  [{ daily: 1, withinDays: 30 }, 'Keeps one per day for 1 day and all of the last 30 days.'],
])('%j as a sentence', (policy, sentence) => {
  expect(describeRetention(Retention.parse({ ...none, ...policy }))).toBe(sentence)
})
