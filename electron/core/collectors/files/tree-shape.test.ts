import { expect, test } from 'vitest'
import { TreeShape } from './tree-shape.ts'

function admitted(...entries: string[]): boolean[] {
  const shape = new TreeShape()
  return entries.map((entry) => shape.admit(Buffer.from(entry.replace(/\/$/, '')), entry.endsWith('/')))
}

test('takes a tree in any order, and what comes again', () => {
  expect(admitted('a/', 'a/b', 'a/b', 'c/d/e', 'c/', 'c/d/')).toEqual([true, true, true, true, true, true])
})

test('nothing comes below what is no folder', () => {
  expect(admitted('a', 'a/b', 'a/b/c', 'ab/c')).toEqual([true, false, false, true])
})

test('what is a folder, by itself or by what is in it, becomes nothing else', () => {
  expect(admitted('a/', 'a', 'b/c/d', 'b', 'b/c')).toEqual([true, false, true, false, false])
})

test('what is no folder does not become one', () => {
  expect(admitted('a', 'a/')).toEqual([true, false])
})

test('an entry that was refused leaves no trace', () => {
  expect(admitted('a', 'a/b/c', 'a')).toEqual([true, false, true])
})
