import type { AppEvent, AppEventBody } from '../../shared/events.ts'

/** How many events a late subscriber can still be given. */
const kept = 1000

/**
 * Numbers events and hands them out in order. A subscriber that names the last number it saw gets what it missed,
 * or `resync` where that is no longer known. Listeners must not throw.
 */
export class EventBus {
  #seq = 0
  readonly #recent: AppEvent[] = []
  readonly #listeners = new Set<(event: AppEvent) => void>()

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** The number of the newest event; 0 before the first. */
  get seq(): number {
    return this.#seq
  }

  publish(body: AppEventBody): void {
    this.#seq += 1
    const event: AppEvent = { ...body, seq: this.#seq }
    this.#recent.push(event)
    if (this.#recent.length > kept) this.#recent.shift()
    for (const listener of [...this.#listeners]) listener(event)
  }

  /** Returns the function that ends the subscription. `after` null: only what comes from now on. */
  subscribe(listener: (event: AppEvent) => void, { after }: { readonly after: number | null }): () => void {
    if (after !== null) this.#replay(listener, after)
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #replay(listener: (event: AppEvent) => void, after: number): void {
    const oldest = this.#recent[0]?.seq ?? this.#seq + 1
    if (after > this.#seq || after < oldest - 1) {
      listener({ seq: this.#seq, type: 'resync' })
      return
    }
    for (const event of this.#recent) if (event.seq > after) listener(event)
  }
}
