import type { Clock } from './ports.ts'

/** A limit on bytes that all channels to one server share. */
export interface Throttle {
  /** Resolves when `bytes` more may come; rejects with the signal's reason. */
  take(bytes: number, options: { readonly signal: AbortSignal }): Promise<void>
}

/** A limit that several throttles share, by a name of what it is for. */
export interface RateLimit {
  readonly key: string
  readonly mbit: number
}

/** The throttles in use, one for each key, so that all who are limited by the same thing get its limit together. */
export class Throttles {
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly mbit: number; readonly throttle: Throttle }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** All of these limits at once; null where there is none. */
  of(...limits: readonly (RateLimit | null | undefined)[]): Throttle | null {
    const throttles = limits.flatMap((limit) => (limit ? [this.#one(limit)] : []))
    if (throttles.length === 0) return null
    return {
      take: async (bytes, options) => {
        await Promise.all(throttles.map((each) => each.take(bytes, options)))
      },
    }
  }

  #one({ key, mbit }: RateLimit): Throttle {
    const known = this.#known.get(key)
    if (known?.mbit === mbit) return known.throttle
    const throttle = createThrottle({ mbit, clock: this.#clock })
    this.#known.set(key, { mbit, throttle })
    return throttle
  }
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
