import { expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { simulateLaptop } from './testing/simulated-laptop.ts'

test('a year of a laptop that sleeps, travels, is switched off, loses network and disk has no silent gap', async () => {
  const account = await simulateLaptop(365, 20_260_101)
  recordFigure('a simulated year of a laptop', { days: 365, ...account })
  expect(account).toMatchObject({ silent: 0, twice: 0, open: 0 })
  expect(Math.min(account.done, account.missedThenDone, account.madeGood)).toBeGreaterThan(20)
})
