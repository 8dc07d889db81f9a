import { errorCodes, AppError, throwIfCancelled } from '../../../shared/errors.ts'
import type { Clock } from '../ports.ts'

/** How long to go on after failures that may pass, in milliseconds. */
export interface Patience {
  /** The first pause; each further one is twice as long. */
  readonly first: number
  readonly longest: number
  /** Pauses together never exceed this. */
  readonly total: number
}

/** For work that runs by itself: a quarter of an hour. */
export const jobPatience: Patience = { first: 1000, longest: 60_000, total: 15 * 60_000 }

/** For somebody who waits for the answer. */
export const askedPatience: Patience = { first: 500, longest: 1000, total: 2000 }

interface Options {
  readonly clock: Pick<Clock, 'sleep'>
  readonly patience: Patience
  readonly signal: AbortSignal
}

/**
 * Runs `step` until it succeeds, fails in a way that trying again cannot help (`retryable` of its code), or patience
 * ends; then throws what it threw last. `step` gets 0, 1, 2 …
 */
export async function retrying<T>(
  step: (attempt: number) => Promise<T>,
  { clock, patience, signal }: Options,
): Promise<T> {
  let waited = 0
  let pause = patience.first
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await step(attempt)
    } catch (error) {
      throwIfCancelled(signal)
      if (!(error instanceof AppError) || !errorCodes[error.code].retryable) throw error
      if (waited + pause > patience.total) throw error
      await clock.sleep(pause, { signal })
      throwIfCancelled(signal)
      waited += pause
      pause = Math.min(pause * 2, patience.longest)
    }
  }
}
