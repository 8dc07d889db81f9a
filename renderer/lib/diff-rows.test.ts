import { expect, test } from 'vitest'
import { diffRows, sideBySide } from './diff-rows.ts'

const before = ['1', '2', '3', '4', 'user', 'pass', '7', '8', '9', '10', '11', ''].join('\n')
const after = ['1', '2', '3', '4', 'user2', '7', '8', '9', '10', '11', ''].join('\n')

test('numbers the lines of both texts and leaves out what did not change', () => {
  const diff = diffRows(before, after)
  expect(diff).toMatchObject({ added: 1, removed: 2 })
  expect(
    diff?.rows.map((row) => (row.kind === 'skip' ? [row.count] : [row.kind, row.before, row.after])),
  ).toEqual([
    [1],
    ['same', 2, 2],
    ['same', 3, 3],
    ['same', 4, 4],
    ['del', 5, null],
    ['del', 6, null],
    ['add', null, 5],
    ['same', 7, 6],
    ['same', 8, 7],
    ['same', 9, 8],
    [2],
  ])
})

test('puts what was removed beside what came in its place', () => {
  const sides = sideBySide(diffRows(before, after)?.rows ?? [])
  expect(sides[4]).toMatchObject({ left: { text: 'user' }, right: { text: 'user2' } })
  expect(sides[5]).toMatchObject({ left: { text: 'pass' }, right: null })
})

test('finds nothing where nothing changed', () => {
  expect(diffRows('a\n', 'a\n')).toEqual({ rows: [{ kind: 'skip', count: 1 }], added: 0, removed: 0 })
})
