import { expect, test } from 'vitest'
import type { ScheduleTimes } from './model/schedule.ts'
import { dueBetween, nextRun, nextRuns, previousRun } from './next-run.ts'
import { wallClock } from './wall-clock.ts'

const day = 24 * 60 * 60_000
const [from, to] = [Date.parse('2024-01-01T00:00:00Z'), Date.parse('2031-01-01T00:00:00Z')]

/** What the clock of a zone shows, as minutes: its offset moves where a transition is. */
function shown(at: number, zone: string): number {
  const { date, minute } = wallClock(new Date(at), zone)
  return Date.parse(`${date}T00:00:00Z`) / 60_000 + minute
}

const offset = (at: number, zone: string) => shown(at, zone) - at / 60_000

/** The minute from which a zone has another offset, between two instants that differ. */
function transition(zone: string, [low, high]: readonly [number, number]): number {
  let [before, after] = [low, high]
  while (after - before > 60_000) {
    const middle = before + Math.floor((after - before) / 120_000) * 60_000
    if (offset(middle, zone) === offset(low, zone)) before = middle
    else after = middle
  }
  return after
}

/** All zones with what they do to their clocks; those that do the same things stand for each other. */
function zonesWithTransitions(): readonly { zone: string; transitions: readonly number[] }[] {
  const found = new Map<string, { zone: string; transitions: readonly number[] }>()
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const transitions: number[] = []
    for (let at = from; at < to; at += 14 * day) {
      if (offset(at, zone) !== offset(at + 14 * day, zone))
        transitions.push(transition(zone, [at, at + 14 * day]))
    }
    if (transitions.length > 0)
      found.set(`${offset(from, zone)} ${transitions.join()}`, { zone, transitions })
  }
  return [...found.values()]
}

const times = ['00:00', '00:30', '01:30', '02:30', '03:00', '23:30']

test('at every transition of every zone until 2030, each day has one run, at its time or when the skipped time begins', () => {
  const zones = zonesWithTransitions()
  expect(zones.length).toBeGreaterThan(30)
  for (const { zone, transitions } of zones) {
    for (const at of transitions) {
      for (const time of times) {
        const due = { times: { every: 'day', at: time } as const, zone }
        const runs = nextRuns(due, new Date(at - 2.5 * day), 6)
        const first = Date.parse(wallClock(runs[0]!, zone).date)
        for (const [n, run] of runs.entries()) {
          const date = new Date(first + n * day).toISOString().slice(0, 10)
          const minute = Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
          const skipped = offset(at, zone) > offset(at - 60_000, zone) && run.getTime() === at
          const said = `${zone} ${time} ${run.toISOString()}`
          const before = new Date(run.getTime() - 60_000)
          const dates = (skipped ? [run, before] : [run]).map((each) => wallClock(each, zone).date)
          expect(dates, said).toContain(date)
          if (!skipped) expect(wallClock(run, zone).minute, said).toBe(minute)
          expect(previousRun(due, run), said).toEqual(run)
          expect(nextRun(due, new Date(run.getTime() - 1)), said).toEqual(run)
        }
      }
    }
  }
})

test.each<[string, ScheduleTimes, string, string, readonly string[]]>([
  [
    'the skipped half hour',
    { every: 'day', at: '02:30' },
    'Europe/Madrid',
    '2026-03-28T12:00:00Z',
    ['2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'],
  ],
  [
    'an hour that comes twice',
    { every: 'day', at: '02:30' },
    'Europe/Madrid',
    '2026-10-24T12:00:00Z',
    ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
  ],
  [
    'a week',
    { every: 'week', on: 'sun', at: '04:00' },
    'America/New_York',
    '2026-03-07T12:00:00Z',
    ['2026-03-08T08:00:00Z', '2026-03-15T08:00:00Z'],
  ],
  [
    'the last day of a month',
    { every: 'month', on: 'last', at: '04:00' },
    'UTC',
    '2028-02-01T00:00:00Z',
    ['2028-02-29T04:00:00Z', '2028-03-31T04:00:00Z'],
  ],
  [
    'an expression',
    { every: 'cron', expression: '0 */6 * * 1-5' },
    'Asia/Kolkata',
    '2026-04-10T13:00:00Z',
    ['2026-04-12T18:30:00Z', '2026-04-13T00:30:00Z'],
  ],
])('%s', (_, times, zone, after, expected) => {
  const runs = nextRuns({ times, zone }, new Date(after), 2)
  expect(runs).toEqual(expected.map((at) => new Date(at)))
})

test('counts what was due in a time, and nothing twice', () => {
  const due = { times: { every: 'day', at: '02:00' } as const, zone: 'UTC' }
  const at = (text: string) => new Date(text)
  expect(dueBetween(due, at('2026-01-01T02:00:00Z'), at('2026-01-02T01:59:59Z'))).toBeNull()
  expect(dueBetween(due, at('2026-01-01T02:00:00Z'), at('2026-01-06T02:00:00Z'))).toEqual({
    first: at('2026-01-02T02:00:00Z'),
    latest: at('2026-01-06T02:00:00Z'),
    count: 5,
  })
})
