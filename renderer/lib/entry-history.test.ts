import { expect, test } from 'vitest'
import { entryHistoryWords } from './entry-history.ts'

const of = { compared: 6, now: new Date(2026, 3, 8, 14).getTime() }
const entry = { path: 'files/index.php', versions: 1, backups: 6, newSince: null }

test.each([
  [entry, 'same in all'],
  [{ ...entry, versions: 3, newSince: '2026-04-06T02:00:00.000Z' }, '3 versions'],
  [{ ...entry, backups: 2, newSince: '2026-04-06T02:00:00.000Z' }, 'new since 6 Apr'],
  [{ ...entry, backups: 4 }, 'in 4 of 6'],
])('%j: %s', (given, words) => {
  expect(entryHistoryWords(given, of)).toBe(words)
})

test('says nothing where there is nothing to compare with', () => {
  expect(entryHistoryWords(entry, { ...of, compared: 1 })).toBe('')
})
