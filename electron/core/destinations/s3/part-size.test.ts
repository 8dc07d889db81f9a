import { expect, test } from 'vitest'
import { mostParts, partsAtOnce, partSizeFor } from './part-size.ts'

const MiB = 1024 * 1024
const GB = 1e9

test.each([
  [0, 16],
  [50 * GB, 16],
  [200 * GB, 22],
  [600 * GB, 64],
  [null, 64],
])('an archive of about %s bytes goes in parts of %d MiB', (size, expected) => {
  const part = partSizeFor(size)
  expect(part).toBe(expected * MiB)
  expect(part * mostParts).toBeGreaterThan((size ?? 0) * 1.1)
  expect(part * (partsAtOnce(part) + 1)).toBeLessThanOrEqual(192 * MiB)
})

test('one whose parts would not fit in memory is refused before anything is sent', () => {
  expect(() => partSizeFor(700 * GB)).toThrow(expect.objectContaining({ code: 'unsupported' }))
})
