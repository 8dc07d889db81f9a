import { cancellation } from '../../../../shared/errors.ts'
import type { Clock } from '../../ports.ts'

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** A clock that goes on only where a test says so; who sleeps wakes in order. */
export class SimulatedClock implements Clock {
  #wall: number
  #monotonic = 0
  readonly #sleepers = new Set<Sleeper>()

  constructor(start: string) {
    this.#wall = Date.parse(start)
  }

  now(): Date {
    return new Date(this.#wall)
  }

  monotonic(): number {
    return this.#monotonic
  }

  sleep(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const sleeper = { until: this.#monotonic + ms, wake: () => resolve(undefined) }
    this.#sleepers.add(sleeper)
    signal.addEventListener('abort', () => reject(cancellation(signal)), { once: true })
    return promise.finally(() => this.#sleepers.delete(sleeper))
  }

  /** Whether anybody waits for time to go by. */
  get isWaitedFor(): boolean {
    return this.#sleepers.size > 0
  }

  /** Lets time go by, awake. */
  advance(ms: number): void {
    this.#wall += ms
    this.#monotonic += ms
    for (const sleeper of this.#sleepers) if (sleeper.until <= this.#monotonic) sleeper.wake()
  }

  /** Sets the wall clock, as a sleeping machine or a hand does: durations do not notice. */
  set(at: Date): void {
    this.#wall = at.getTime()
  }
}
