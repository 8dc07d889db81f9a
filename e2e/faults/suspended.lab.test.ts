import { expect, test } from 'vitest'
import { sleepThroughDeath } from './suspended.ts'

test('a link that died while the computer slept is found to be dead after it woke, and is no success', async () => {
  const { ended } = await sleepThroughDeath({ intervalMs: 1500, asleep: 6 })
  expect(ended).toBe('connection-lost')
})
