import { expect, test } from 'vitest'
import { release, releaseFilled, releaseWhole } from './release.ts'

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

const size = 4 * 1024 * 1024

test('a buffer that is all of its memory is empty afterwards, a part of it stays', () => {
  const bytes = Buffer.allocUnsafeSlow(size)
  for (const part of [bytes.subarray(1), bytes.subarray(0, -1)]) releaseWhole(part)
  expect(bytes.length).toBe(size)
  releaseWhole(bytes)
  expect(bytes.length).toBe(0)
})

test('memory that is filled chunk after chunk goes with the chunk that reaches its end', () => {
  const bytes = Buffer.allocUnsafeSlow(size)
  releaseFilled(bytes.subarray(0, size - 1))
  expect(bytes.length).toBe(size)
  releaseFilled(bytes.subarray(size - 1))
  expect(bytes.length).toBe(0)
})
