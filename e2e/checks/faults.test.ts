import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/FAULTS.md'), 'utf8')
/** The rows that the table must have, or the list below it. */
const wanted = [
  ...[1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
  ...[30, 31, 32, 33, 34, 35, 36, 37, 38, 41, 43, 44, 45],
  ...[57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 83, 84, 85, 92, 94, 95],
]
const rows = text.split('\n').flatMap((line) => {
  const cells = line.split(' | ')
  return /^\| \d/.test(line) ? [{ number: parseInt(line.slice(2)), tests: cells.at(-1) ?? '' }] : []
})
const backingUp = rows.filter(
  ({ number }) => !(number >= 72 && number <= 82) && !(number >= 87 && number <= 90),
)
const open = [...text.matchAll(/^- Row (\d+)/gm)].map((match) => Number(match[1]))

test('every row of faults stands in the table or among those that are open, once', () => {
  expect([...backingUp.map(({ number }) => number), ...open].sort((a, b) => a - b)).toEqual(wanted)
})

test('the count is that of the table', () => {
  expect(text).toContain(`${backingUp.length} of ${wanted.length}`)
})

test('every test that the table names exists', () => {
  const missing = rows.flatMap(({ number, tests }) => {
    const named = [...tests.matchAll(/`([^`]+\.test\.ts)`: “([^”]+)”/g)]
    if (named.length === 0) return [`row ${number} names no test`]
    return named
      .filter(([, file, title]) => !readFileSync(join(root, file!), 'utf8').includes(title!))
      .map(([all]) => `row ${number}: ${all}`)
  })
  expect(missing).toEqual([])
})
