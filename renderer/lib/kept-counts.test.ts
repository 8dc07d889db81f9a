import { expect, test } from 'vitest'
import type { Backup } from '../../shared/model/backup.ts'
import { keptCounts, lastCheckAt, onlyAt } from './kept-counts.ts'

const copy = (destination: string, at: string | null) => ({
  destination,
  verified: at === null ? null : { level: 'read', at, ok: true },
})
const backup = (source: string, ...copies: ReturnType<typeof copy>[]) =>
  ({ server: 'web1', source, copies }) as unknown as Backup

const backups = [
  backup('bob', copy('usb', null)),
  backup('alice', copy('usb', '2026-04-07T02:00:00.000Z'), copy('cloud', '2026-04-08T02:00:00.000Z')),
  backup('alice', copy('usb', '2026-04-06T02:00:00.000Z')),
]

test('counts the backups of each source at each destination, sources by name', () => {
  expect(keptCounts(backups).map(({ source, byPlace }) => [source, Object.fromEntries(byPlace)])).toEqual([
    ['alice', { usb: 2, cloud: 1 }],
    ['bob', { usb: 1 }],
  ])
})

test('knows when a copy at a destination was last checked, and when none was', () => {
  expect(lastCheckAt(backups, 'usb')).toBe('2026-04-07T02:00:00.000Z')
  expect(lastCheckAt(backups.slice(0, 1), 'usb')).toBeNull()
})

test('names the sources that one destination has alone', () => {
  expect(onlyAt(backups, 'usb').map(({ source }) => source)).toEqual(['bob'])
  expect(onlyAt(backups, 'cloud')).toEqual([])
})
