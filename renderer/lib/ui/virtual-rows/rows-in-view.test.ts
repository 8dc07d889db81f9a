import { expect, test } from 'vitest'
import { rowsInView } from './rows-in-view.ts'

const list = { height: 340, rowHeight: 34, count: 1000 }

test('holds the rows in view and some beyond, never more than there are', () => {
  expect(rowsInView({ ...list, top: 3400 })).toEqual({ first: 88, last: 122 })
  expect(rowsInView({ ...list, top: 0 })).toEqual({ first: 0, last: 22 })
  expect(rowsInView({ ...list, top: 34_000 - 340 })).toEqual({ first: 978, last: 1000 })
})

test('holds none far from the view', () => {
  expect(rowsInView({ ...list, top: -2000 })).toEqual({ first: 0, last: 0 })
})
