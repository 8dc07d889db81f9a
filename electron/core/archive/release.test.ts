import { expect, test } from 'vitest'
import { release } from './release.ts'

test('a buffer with memory of its own is empty afterwards', () => {
  const bytes = Buffer.allocUnsafeSlow(4 * 1024 * 1024)
  const part = bytes.subarray(100, 200)
  release(bytes)
  expect([bytes.length, part.length]).toEqual([0, 0])
})

test('a short buffer, which shares its memory with others, stays as it is', () => {
  const neighbour = Buffer.from('neighbour')
  const bytes = Buffer.from('short')
  expect(bytes.buffer).toBe(neighbour.buffer)
  release(bytes)
  expect([bytes.toString(), neighbour.toString()]).toEqual(['short', 'neighbour'])
})
