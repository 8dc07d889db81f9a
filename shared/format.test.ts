import { expect, test } from 'vitest'
import { escapeForDisplay, formatBytes, formatCount, formatDuration, plural } from './format.ts'

test('bytes are shown in decimal units with at most three digits', () => {
  expect([0, 17, 999, 1000, 9949, 9999, 412_000_000, 4_800_000_000, 999_600].map(formatBytes)).toEqual([
    '0 B',
    '17 B',
    '999 B',
    '1.0 kB',
    '9.9 kB',
    '10 kB',
    '412 MB',
    '4.8 GB',
    '1.0 MB',
  ])
})

test('durations read as people say them', () => {
  expect([400, 41_000, 461_000, 7_500_000].map(formatDuration)).toEqual([
    '0.4 s',
    '41 s',
    '7 min 41 s',
    '2 h 5 min',
  ])
})

test('counts are grouped and words follow them', () => {
  expect([formatCount(38417), plural(1, 'file'), plural(2000, 'file')]).toEqual([
    '38,417',
    '1 file',
    '2,000 files',
  ])
})

test('escape sequences and direction marks of a name cannot reach the screen', () => {
  expect(escapeForDisplay('a\u001b[31mb\u202ec\nd')).toBe('a\\u{1b}[31mb\\u{202e}c\\u{a}d')
})
