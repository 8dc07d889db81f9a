import type { DayMark } from '../../../../shared/model/fleet.ts'

/** The shape of a day's mark in `status.css`. */
export const dayLetters = {
  full: 'f',
  scope: 'p',
  unverified: 'u',
  warnings: 'w',
  failed: 'x',
  running: 'r',
  none: '.',
} as const satisfies Record<DayMark, string>

/** A day's mark in words. */
export const dayWords = {
  full: 'full',
  scope: 'partial scope',
  unverified: 'not verified',
  warnings: 'with something missing',
  failed: 'failed',
  running: 'running',
  none: 'without a run',
} as const satisfies Record<DayMark, string>

/** `28 full, 1 failed, 1 running`. */
export function daySummary(marks: readonly DayMark[]): string {
  return (Object.keys(dayWords) as DayMark[])
    .map((kind) => ({ kind, count: marks.filter((mark) => mark === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${dayWords[kind]}`)
    .join(', ')
}
