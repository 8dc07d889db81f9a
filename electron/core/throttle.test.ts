import { expect, test } from 'vitest'
import type { Clock } from './ports.ts'
import { createThrottle, Throttles } from './throttle.ts'

/** A clock on which sleeping takes no time of ours. */
function fastClock(): Clock & { readonly slept: () => number } {
  let now = 0
  return {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: (ms) => {
      now += ms
      return Promise.resolve()
    },
    slept: () => now,
  }
}

const { signal } = new AbortController()

test('10 MB at 8 Mbit/s take ten seconds, less the burst', async () => {
  const clock = fastClock()
  const throttle = createThrottle({ mbit: 8, clock })
  for (let sent = 0; sent < 10_000_000; sent += 32_768) await throttle.take(32_768, { signal })
  expect(clock.slept()).toBeGreaterThan(9_700)
  expect(clock.slept()).toBeLessThan(10_100)
})

test('a quiet hour is not made up for by an hour of full speed', async () => {
  const clock = fastClock()
  const throttle = createThrottle({ mbit: 8, clock })
  await clock.sleep(3_600_000, { signal })
  await throttle.take(2_000_000, { signal })
  expect(clock.slept() - 3_600_000).toBeGreaterThan(1_700)
})

test('two channels share one limit', async () => {
  const waits: number[] = []
  const clock: Clock = {
    now: () => new Date(0),
    monotonic: () => 0,
    sleep: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
  }
  const throttle = createThrottle({ mbit: 8, clock })
  await Promise.all([throttle.take(500_000, { signal }), throttle.take(500_000, { signal })])
  expect(waits).toEqual([250, 750])
})

test('of several limits the lowest counts, and what has the same key shares it', async () => {
  const clock = fastClock()
  const throttles = new Throttles(clock)
  const slow = { key: 'schedule', mbit: 8 }
  const both = [throttles.of({ key: 'a', mbit: 80 }, slow), throttles.of(null, slow)]
  for (let sent = 0; sent < 5_000_000; sent += 50_000)
    for (const throttle of both) await throttle?.take(50_000, { signal })
  expect(clock.slept()).toBeGreaterThan(9_700)
  expect(throttles.of(null, undefined)).toBeNull()
})
