import { toWire } from '../../../shared/errors.ts'
import type { RecoverySheet } from '../../../shared/model/recovery-key.ts'
import type { AppState } from './app-state.ts'

type Parts = Pick<AppState, 'client' | 'recoveryKey'>

/** Making a recovery key: its sheet is shown, and it counts when it was typed back and has opened a test. */
export class RecoveryCeremony {
  step = $state<'begin' | 'sheet' | 'type' | 'done'>('begin')
  sheet = $state.raw<RecoverySheet | null>(null)
  typed = $state('')
  busy = $state(false)
  /** Why the last step did not work, as a sentence. */
  error = $state<string | null>(null)
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** One that was made before and not typed back yet. */
  get pending(): boolean {
    return (this.#parts.recoveryKey.loaded.value?.pending ?? null) !== null
  }

  async create(): Promise<void> {
    await this.#told(async () => {
      this.sheet = (await this.#parts.client.call('recoveryKey.create', {})).sheet
      this.step = 'sheet'
    })
  }

  /** Shows the sheet of the one that waits to be typed back. */
  async showAgain(): Promise<void> {
    await this.#told(async () => {
      this.sheet ??= (await this.#parts.client.call('recoveryKey.sheet', {})).sheet
      this.step = 'sheet'
    })
  }

  /** The sheet is away: what is typed comes from paper. */
  typeBack(): void {
    this.sheet = null
    this.error = null
    this.step = 'type'
  }

  async confirm(): Promise<void> {
    if (this.typed.trim() === '') return
    await this.#told(async () => {
      await this.#parts.client.call('recoveryKey.confirm', { key: this.typed.trim() })
      this.typed = ''
      this.step = 'done'
    })
  }

  async #told(act: () => Promise<void>): Promise<void> {
    this.busy = true
    this.error = null
    try {
      await act()
      await this.#parts.recoveryKey.loaded.refresh()
    } catch (error) {
      this.error = toWire(error).message
    } finally {
      this.busy = false
    }
  }
}
