import { expect, test } from 'vitest'
import { isWithinWindow } from '../wall-clock.ts'
import { isPaused } from '../pause.ts'
import { Retention, ScheduleTimes, Zone } from './schedule.ts'

const rules = { last: null, daily: null, weekly: null, monthly: null, yearly: null, withinDays: null }

test.each([0, -1, Number.NaN, 1.5, Number.POSITIVE_INFINITY])('a retention of last %s is refused', (last) => {
  expect(Retention.safeParse({ ...rules, last }).success).toBe(false)
})

test('a retention that would keep nothing is refused, with what to do', () => {
  const { success, error } = Retention.safeParse(rules)
  expect([success, error?.issues[0]?.message]).toEqual([false, expect.stringContaining('last=7')])
})

test.each(['* * * * *', '*/5 * * * *', '0 2 * *', '0 2 30 2 *', '61 * * * *', 'daily', '0 0 2 * * *', ''])(
  'the cron expression %j is refused',
  (expression) => {
    expect(ScheduleTimes.safeParse({ every: 'cron', expression }).success).toBe(false)
  },
)

test.each(['*/15 * * * *', '30 2 * * 1-5', '0 4 L * *'])('the cron expression %j is taken', (expression) => {
  expect(ScheduleTimes.safeParse({ every: 'cron', expression }).success).toBe(true)
})

test('a zone has a name', () => {
  const zones = ['Europe/Madrid', 'UTC', '+02:00', 'Mars/Base', ''].map(
    (zone) => Zone.safeParse(zone).success,
  )
  expect(zones).toEqual([true, true, false, false, false])
})

test('a day that not every month has is refused', () => {
  expect(ScheduleTimes.safeParse({ every: 'month', on: 31, at: '02:00' }).success).toBe(false)
})

test('a pause ends by itself', () => {
  const pause = { since: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' }
  const at = (text: string) => isPaused(pause, new Date(text))
  expect([at('2026-01-01T23:59:59Z'), at('2026-01-02T00:00:00Z')]).toEqual([true, false])
})

test('a window may lie over midnight', () => {
  const open = (time: string) =>
    isWithinWindow({ from: '22:00', to: '06:00' }, new Date(`2026-01-01T${time}:00Z`), 'UTC')
  expect(['21:59', '22:00', '05:59', '06:00'].map(open)).toEqual([false, true, true, false])
})
