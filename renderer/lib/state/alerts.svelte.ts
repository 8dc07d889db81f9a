import type { Client } from '../../../shared/client.ts'
import { toWire } from '../../../shared/errors.ts'
import type { AlertChannelRow } from '../../../shared/model/alert.ts'
import { Loaded } from './loaded.svelte.ts'
import type { NewAlert } from './new-alert.svelte.ts'
import type { Toasts } from './toasts.svelte.ts'

/** Who is told when backups need a person, for the page that shows it. */
export class AlertsState {
  readonly loaded: Loaded<readonly AlertChannelRow[]>
  /** Names of those who are being sent a word. */
  testing = $state.raw<readonly string[]>([])
  readonly #client: Client
  readonly #toasts: Toasts

  constructor(client: Client, toasts: Toasts) {
    this.#client = client
    this.#toasts = toasts
    this.loaded = new Loaded(async () => (await client.call('alerts.list', {})).channels)
  }

  /** Begins to listen; returns the function that ends it. */
  watch(): () => void {
    void this.loaded.refresh()
    return this.#client.onEvent(({ type }) => {
      if (type === 'alerts.changed' || type === 'resync') void this.loaded.refresh()
    })
  }

  /** Throws what the product refuses. */
  async add(typed: NewAlert): Promise<void> {
    await this.#client.call('alerts.add', { channel: typed.draft(), secrets: typed.secrets() })
    await this.loaded.refresh()
  }

  /** Sends a word; how that went is in the list afterwards. */
  async test(name: string): Promise<void> {
    if (this.testing.includes(name)) return
    this.testing = [...this.testing, name]
    try {
      await this.#client.call('alerts.test', { name })
      await this.loaded.refresh()
    } catch (error) {
      this.#toasts.show({ state: 'fail', title: `Nothing was sent to ${name}`, text: toWire(error).message })
    } finally {
      this.testing = this.testing.filter((each) => each !== name)
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#client.call('alerts.remove', { name })
      await this.loaded.refresh()
      this.#toasts.show({ state: 'held', title: `${name} is not told any more`, text: null })
    } catch (error) {
      this.#toasts.show({ state: 'fail', title: `${name} was not removed`, text: toWire(error).message })
    }
  }
}
