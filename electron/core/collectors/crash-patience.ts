import type { Clock } from '../ports.ts'

/** How long a database server that went away may take to come back, in milliseconds. */
export interface CrashPatience {
  readonly clock: Clock
  readonly waitMs: number
  readonly pollMs: number
}

/** Waits until `answers` says yes; false where it never did. Time spent in asking is not counted. */
export async function backAgain(
  answers: () => Promise<boolean>,
  { clock, waitMs, pollMs }: CrashPatience,
  signal: AbortSignal,
): Promise<boolean> {
  for (let waited = 0; ; waited += pollMs) {
    if (await answers()) return true
    if (waited >= waitMs) return false
    await clock.sleep(pollMs, { signal })
  }
}
