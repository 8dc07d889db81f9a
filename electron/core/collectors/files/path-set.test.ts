import { expect, test } from 'vitest'
import { PathSet } from './path-set.ts'

const path = (n: number) => Buffer.from(`public_html/wp-content/uploads/2026/${n}.jpg`)

test('holds exactly what was added, through many growths', () => {
  const set = new PathSet()
  for (let n = 0; n < 100_000; n += 1) expect(set.add(path(n))).toBe(true)
  expect(set.size).toBe(100_000)
  for (let n = 0; n < 100_000; n += 997) {
    expect(set.has(path(n))).toBe(true)
    expect(set.has(path(n + 100_000))).toBe(false)
  }
})

test('says no the second time', () => {
  const set = new PathSet()
  set.add(Buffer.from([0xe9]))
  expect(set.add(Buffer.from([0xe9]))).toBe(false)
  expect(set.size).toBe(1)
  expect(set.has(Buffer.from([0xc3, 0xa9]))).toBe(false)
})
