import { expect, test } from 'vitest'
import { Selection } from './selection.ts'

const some = new Selection([
  'files/a',
  'databases/mysql/wp/posts',
  'databases/postgresql/app.dump',
  'mail/_local/x/cur',
])

test.each([
  ['files', true],
  ['files/a/b', true],
  ['files/ab', false],
  ['mail/_local/x', true],
  ['mail/_local/y', false],
  ['cron', false],
])('%s is touched: %s', (path, touched) => {
  expect(some.touches(path)).toBe(touched)
  expect(new Selection([]).touches(path)).toBe(true)
})

test('a table stands for its database', () => {
  const names = ['wp', 'w', 'app'].flatMap((name) => [
    some.touchesDatabase({ engine: 'mysql', name }),
    some.touchesDatabase({ engine: 'postgresql', name }),
  ])
  expect(names).toEqual([true, false, false, false, false, true])
})

test('what is wanted of a folder is all of it, or paths below it', () => {
  const below = (selection: Selection, folder: string) =>
    selection.below(Buffer.from(folder))?.map(String) ?? null
  expect([below(new Selection([]), 'files'), below(new Selection(['files']), 'files')]).toEqual([null, null])
  expect([below(some, 'files'), below(some, 'files/a/b'), below(some, 'cron')]).toEqual([['a'], null, []])
})
