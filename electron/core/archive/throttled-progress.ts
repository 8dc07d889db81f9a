import type { Clock } from '../ports.ts'
import type { ArchiveProgress } from './archive-writer.ts'

const interval = 250

/** Counts what goes into an archive and reports it 4 times a second at most. */
export class ThrottledProgress {
  readonly #clock: Clock
  readonly #report: ArchiveProgress | undefined
  #last = -Infinity
  #bytes = 0
  #items = 0

  constructor(clock: Clock, report: ArchiveProgress | undefined) {
    this.#clock = clock
    this.#report = report
  }

  /** Bytes of content; negative where an entry was taken back. */
  bytes(count: number): void {
    this.#bytes += count
  }

  item(): void {
    this.#items += 1
  }

  /** Reports if it is time. */
  tick(current: Buffer | null): void {
    if (!this.#report) return
    const now = this.#clock.monotonic()
    if (now - this.#last < interval) return
    this.#last = now
    this.#report({ bytes: this.#bytes, items: this.#items, current })
  }
}
