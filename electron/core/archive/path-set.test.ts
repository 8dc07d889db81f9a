import { expect, test } from 'vitest'
import { PathSet } from './path-set.ts'

test('never misses a path that was added, and takes no other for one', () => {
  const set = new PathSet()
  const path = (n: number) => Buffer.from(`files/public_html/${n % 97}/file-${n}.php`)
  for (let n = 0; n < 50_000; n += 1) set.add(path(n))
  const missed = Array.from({ length: 50_000 }, (_, n) => set.has(path(n))).filter((has) => !has)
  const mistaken = Array.from({ length: 50_000 }, (_, n) => set.has(path(n + 50_000))).filter((has) => has)
  expect([missed.length, mistaken.length]).toEqual([0, 0])
})
