import type { Progress } from '../../../shared/model/job.ts'
import type { ProgressCounts, ProgressTotals } from './job-context.ts'

/** Milliseconds between two reports. */
const reportEvery = 250
/** Milliseconds of the past that the rate is taken over. */
const rateWindow = 5000

/** A total, as long as the count has not shown it to be too small. */
function within(total: number | null, count: number): number | null {
  return total !== null && count <= total ? total : null
}

/** Turns raw counts into what people see. Monotonic milliseconds come in as `now`. */
export class ProgressMeter {
  #totals: ProgressTotals = { bytes: null, items: null }
  #samples: { at: number; bytes: number }[] = []
  #reportedAt = -Infinity
  #phase: string | null = null

  expect(totals: ProgressTotals): void {
    this.#totals = { ...totals }
  }

  /** The progress to show, or null where the last report is younger than a quarter of a second. */
  report(counts: ProgressCounts, now: number): Progress | null {
    if (counts.phase !== this.#phase) this.#samples = []
    else if (now - this.#reportedAt < reportEvery) return null
    this.#phase = counts.phase
    this.#reportedAt = now
    this.#samples.push({ at: now, bytes: counts.bytes })
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > rateWindow) this.#samples.shift()
    const rate = this.#rate()
    const { approximate = false } = this.#totals
    const totalBytes = within(this.#totals.bytes, counts.bytes)
    const left = totalBytes === null ? null : totalBytes - counts.bytes
    return {
      phase: counts.phase,
      bytes: counts.bytes,
      items: counts.items,
      totalBytes,
      totalItems: within(this.#totals.items, counts.items),
      approximate,
      rate,
      secondsLeft: left === null || rate <= 0 ? null : Math.round(left / rate),
      current: counts.current,
    }
  }

  #rate(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || last.at === first.at) return 0
    return Math.max(0, Math.round(((last.bytes - first.bytes) * 1000) / (last.at - first.at)))
  }
}
