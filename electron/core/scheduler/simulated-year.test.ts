import { expect, test } from 'vitest'
import { simulateLaptop } from './testing/simulated-laptop.ts'

test('three weeks of a laptop that sleeps, travels, is switched off, loses network and disk have no silent gap', async () => {
  const account = await simulateLaptop(21, 20_260_101)
  expect(account).toMatchObject({ silent: 0, twice: 0, open: 0 })
  expect(Math.min(account.done, account.missedThenDone, account.madeGood)).toBeGreaterThan(0)
})
