import { expect, test } from 'vitest'
import { dateOf, dayOf, shortDayOf } from './dates.ts'

const now = new Date(2026, 3, 8, 14, 32).getTime()
const at = (...date: [number, number, number, number]) => new Date(...date).toISOString()

test('names days as people do, with the year only where it is another one', () => {
  expect(dayOf(at(2026, 3, 8, 2), { now })).toBe('Today')
  expect(dayOf(at(2026, 3, 7, 2), { now })).toBe('Tue 7 Apr')
  expect(dayOf(at(2025, 3, 7, 2), { now })).toBe('7 Apr 2025')
  expect(shortDayOf(at(2026, 3, 7, 2), { now })).toBe('7 Apr')
  expect(shortDayOf(at(2025, 3, 7, 2), { now })).toBe('7 Apr 2025')
  expect(dateOf(at(2026, 3, 8, 2))).toBe('8 Apr 2026, 02:00')
})
