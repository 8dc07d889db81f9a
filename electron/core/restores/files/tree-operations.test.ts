import { expect, test } from 'vitest'
import { treeOperations, unitsOf } from './tree-operations.ts'

const bytes = (...names: readonly string[]) => names.map((name) => Buffer.from(name))
const texts = (operations: readonly (readonly [string, Buffer])[]) =>
  operations.map(([code, path]) => `${code} ${path.toString()}`)

test('what stays moves between the old tree and the new one, also where the backup has no such folder', () => {
  const { forth, back } = treeOperations({
    units: bytes('site', 'gone', 'new', 'mail'),
    isThere: (path) => !path.equals(Buffer.from('new')),
    isPut: (path) => ['site', 'new'].includes(path.toString()),
    kept: bytes('mail', 'gone/socket', 'site/cache', 'site2/x'),
    time: '@1.0',
  })
  expect(texts(forth)).toEqual([
    ...['o site', 'k site/cache', 'n site'],
    ...['o gone', 'k gone/socket', 'n gone'],
    ...['n new', 't @1.0'],
  ])
  expect(texts(back)).toEqual([
    'N new',
    ...['N gone', 'K gone/socket', 'O gone'],
    ...['N site', 'K site/cache', 'O site'],
    'T .',
  ])
})

test('a wanted path below folders that are gone is exchanged from the first of these', () => {
  const folders = new Set(['a', 'a/b'])
  const units = unitsOf(bytes('a/b/c', 'x/y/z', 'x/y/w', 'top'), (path) => folders.has(path.toString()))
  expect(units.map(String)).toEqual(['a/b/c', 'x', 'top'])
})
