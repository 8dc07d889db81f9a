import { toWire, type WireError } from '../../../shared/errors.ts'
import type { DestinationFinding } from '../../../shared/model/destination.ts'

type Ask = (options: { readonly signal: AbortSignal }) => Promise<{ findings: DestinationFinding[] }>

/** A test of a destination, as far as it has come. */
export class ConnectionTest {
  busy = $state(false)
  findings = $state.raw<readonly DestinationFinding[] | null>(null)
  error = $state.raw<WireError | null>(null)
  /** When the findings came, in milliseconds since 1970. */
  at = $state<number | null>(null)
  #asking: AbortController | null = null

  /** Resolves when it has ended; what stopped it is in `error`, but for a person who did. */
  async run(ask: Ask): Promise<void> {
    this.forget()
    this.busy = true
    this.#asking = new AbortController()
    try {
      this.findings = (await ask(this.#asking)).findings
      this.at = Date.now()
    } catch (error) {
      const wire = toWire(error)
      if (wire.code !== 'cancelled') this.error = wire
    } finally {
      this.busy = false
    }
  }

  stop(): void {
    this.#asking?.abort()
  }

  /** What was found is not about what is typed now. */
  forget(): void {
    this.findings = null
    this.error = null
    this.at = null
  }
}
