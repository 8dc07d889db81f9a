import { toWire, type WireError } from '../../../shared/errors.ts'

/**
 * A value that is fetched, and fetched again when something changed. What is there stays on screen until the next one
 * is; an error stands beside it.
 */
export class Loaded<T> {
  value = $state.raw<T | null>(null)
  error = $state.raw<WireError | null>(null)
  loading = $state(false)
  readonly #fetch: () => Promise<T>
  #again = false

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch
  }

  /** Fetches; while one fetch runs, all further calls are one more after it. */
  async refresh(): Promise<void> {
    this.#again = true
    if (this.loading) return
    this.loading = true
    while (this.#again) {
      this.#again = false
      try {
        this.value = await this.#fetch()
        this.error = null
      } catch (error) {
        this.error = toWire(error)
      }
    }
    this.loading = false
  }
}
