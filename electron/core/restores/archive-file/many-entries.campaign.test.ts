import { expect, it } from 'vitest'
import { recordFigure } from '../../../../e2e/figures.ts'
import { openManyEntries } from './many-entries.ts'

it('a foreign archive of 500,000 entries is opened within 300 MB', async () => {
  const { kind, entries, parts, seconds, peakBytes } = await openManyEntries(500_000)
  recordFigure('foreign-archive-memory', { entries, wallSeconds: seconds, peakBytes })
  expect({ kind, entries, parts }).toEqual({ kind: 'cpanel', entries: 500_000, parts: 3 })
  expect(peakBytes).toBeLessThan(300 * 2 ** 20)
})
