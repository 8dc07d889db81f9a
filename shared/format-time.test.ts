import { expect, test } from 'vitest'
import { formatAge, formatTimeLeft } from './format-time.ts'

const hour = 3_600_000

test('ages are relative up to 36 hours, then days', () => {
  const age = (ms: number) => formatAge(1_000_000_000_000 - ms, { now: 1_000_000_000_000 })
  const ages = [-5, 59_000, 60_000, hour - 1, hour, 36 * hour, 36 * hour + 1, 72 * hour].map(age)
  expect(ages).toEqual([
    ...['just now', 'just now', '1 min ago', '59 min ago', '1 h ago', '36 h ago', '1 day ago', '3 days ago'],
  ])
})

test('time left is rounded, and nothing that changes by seconds', () => {
  const left = [10, 60, 170, 3600, 7300].map(formatTimeLeft)
  expect(left).toEqual([
    ...[
      'less than 1 min left',
      'about 1 min left',
      'about 3 min left',
      'about 60 min left',
      'about 2 h left',
    ],
  ])
})
