import { cancellation, throwIfCancelled } from '../../../shared/errors.ts'

export interface AheadOptions {
  readonly signal: AbortSignal
  /** How many reads may be under way at once; of segments each takes up to 8 MiB as a rule, 64 MiB at worst. */
  readonly ahead?: number
}

/**
 * Starts several reads at a time and yields their results in the order of the items. Where one fails, the results
 * before it were yielded and nothing after it is. Leaves no read behind.
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Result>,
  { signal, ahead = 3 }: AheadOptions,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = []
  try {
    for (const item of items) {
      throwIfCancelled(signal)
      const next = read(item)
      next.catch(() => undefined)
      running.push(next)
      if (running.length >= ahead) yield await (running.shift() ?? next)
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield await next
  } catch (error) {
    throw signal.aborted ? cancellation(signal) : error
  } finally {
    await Promise.allSettled(running)
  }
}
