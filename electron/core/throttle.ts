import type { Clock } from './ports.ts'

/** A limit on bytes that all channels to one server share. */
export interface Throttle {
  /** Resolves when `bytes` more may come; rejects with the signal's reason. */
  take(bytes: number, options: { readonly signal: AbortSignal }): Promise<void>
}

/** How far a quiet moment can be made up for, in seconds. */
const BURST = 0.25

/**
 * A bucket that fills with `mbit` megabits (10⁶ bits) per second and holds a quarter of a second's worth. A taker
 * goes into debt and waits it off, so that several of them get the limit together, in turn.
 */
export function createThrottle(options: { readonly mbit: number; readonly clock: Clock }): Throttle {
  const { clock } = options
  const bytesPerMs = (options.mbit * 1e6) / 8 / 1000
  const full = bytesPerMs * 1000 * BURST
  let level = full
  let filledAt = clock.monotonic()
  return {
    async take(bytes, { signal }) {
      const now = clock.monotonic()
      level = Math.min(full, level + (now - filledAt) * bytesPerMs) - bytes
      filledAt = now
      if (level < 0) await clock.sleep(-level / bytesPerMs, { signal })
    },
  }
}
