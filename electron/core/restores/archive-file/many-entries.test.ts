import { expect, test } from 'vitest'
import { openManyEntries } from './many-entries.ts'

test('a foreign archive of 20,000 entries is opened within 300 MB, each entry once', async () => {
  const { kind, entries, parts, peakBytes } = await openManyEntries(20_000)
  expect({ kind, entries, parts }).toEqual({ kind: 'cpanel', entries: 20_000, parts: 3 })
  expect(peakBytes).toBeLessThan(300 * 2 ** 20)
})
