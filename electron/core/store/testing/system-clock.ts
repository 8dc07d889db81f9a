import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../ports.ts'

/** The real clock, for tests that run real processes. */
export const systemClock: Pick<Clock, 'monotonic' | 'sleep'> = {
  monotonic: () => performance.now(),
  sleep: async (ms, { signal }) => {
    await wait(ms, undefined, { signal })
  },
}
