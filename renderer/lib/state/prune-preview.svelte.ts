import { toWire, type WireError } from '../../../shared/errors.ts'
import type { PrunePlan } from '../../../shared/model/prune.ts'
import type { Retention } from '../../../shared/model/schedule.ts'
import type { AppState } from './app-state.ts'

/** What a schedule's retention would remove now, and the word that a large removal takes. */
export class PrunePreview {
  plans = $state.raw<readonly PrunePlan[] | null>(null)
  busy = $state(false)
  error = $state.raw<WireError | null>(null)
  readonly #app: AppState

  constructor(app: AppState) {
    this.#app = app
  }

  /** Reads the destinations. `retention`: the rules as they are now on screen. */
  async look(name: string, retention: Retention | null): Promise<void> {
    await this.#told(async () => {
      this.plans = (await this.#app.client.call('schedules.planPrune', { name, retention })).plans
    })
  }

  /** Carries the stored rules out; `word`: of the plan that was agreed to. */
  async agree(name: string, word: string): Promise<void> {
    await this.#told(async () => {
      await this.#app.client.call('schedules.prune', { name, confirmed: [word] })
      const text = 'Each goes seven days after it was announced.'
      this.#app.toasts.show({ state: 'run', title: 'Removing what is not kept', text })
      this.plans = null
    })
  }

  forget(): void {
    this.plans = null
    this.error = null
  }

  async #told(act: () => Promise<void>): Promise<void> {
    this.busy = true
    this.error = null
    try {
      await act()
    } catch (error) {
      this.error = toWire(error)
    } finally {
      this.busy = false
    }
  }
}
