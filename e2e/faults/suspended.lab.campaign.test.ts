import { expect, test } from 'vitest'
import { defaultKeepalive } from '../../electron/core/servers/silence.ts'
import { recordFigure } from '../figures.ts'
import { sleepThroughDeath } from './suspended.ts'

const limitSeconds = 75

test('a link that died while the computer slept for ten minutes is lost within 75 seconds after it woke', async () => {
  const { intervalMs } = defaultKeepalive
  const { ended, intervals } = await sleepThroughDeath({ intervalMs, asleep: 600_000 / intervalMs })
  const seconds = Math.round((intervals * intervalMs) / 100) / 10
  recordFigure('a link that died while the computer slept', { sleptSeconds: 600, seconds, limitSeconds })
  expect(ended).toBe('connection-lost')
  expect(seconds).toBeLessThan(limitSeconds)
})
