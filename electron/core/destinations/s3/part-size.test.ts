import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { mostParts, partsAtOnce, planParts, requireSpoolFor } from './part-size.ts'

const MiB = 1024 * 1024
const GB = 1e9

test.each([
  [0, 16],
  [50 * GB, 16],
  [200 * GB, 22],
  [600 * GB, 64],
  [null, 64],
])('an archive of about %s bytes goes in parts of %d MiB, in memory', (size, expected) => {
  const plan = planParts(size)
  expect(plan).toEqual({ size: expected * MiB, spooled: false })
  expect(plan.size * mostParts).toBeGreaterThan((size ?? 0) * 1.1)
  expect(plan.size * (partsAtOnce(plan) + 1)).toBeLessThanOrEqual(192 * MiB)
})

test.each([
  [700 * GB, 75],
  [5 * 1024 * GB, 543],
])('an archive of about %d bytes goes in parts of %d MiB that wait on disk', (size, expected) => {
  const plan = planParts(size)
  expect(plan).toEqual({ size: expected * MiB, spooled: true })
  expect(plan.size * mostParts).toBeGreaterThan(size * 1.1)
  expect(partsAtOnce(plan)).toBe(1)
})

test('one that no bucket takes is refused before anything is sent', () => {
  expect(() => planParts(6000 * GB)).toThrow(expect.objectContaining({ code: 'unsupported' }))
})

test('parts that do not fit on disk are refused before the first one', async () => {
  await requireSpoolFor({ size: 16 * MiB, spooled: true }, tmpdir())
  await requireSpoolFor({ size: 1e18, spooled: false }, tmpdir())
  const refused = requireSpoolFor({ size: 1e18, spooled: true }, tmpdir())
  await expect(refused).rejects.toMatchObject({ code: 'no-space' })
})
