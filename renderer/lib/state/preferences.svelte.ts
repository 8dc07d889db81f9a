import type { Client } from '../../../shared/client.ts'
import { toWire } from '../../../shared/errors.ts'
import type { Preferences } from '../../../shared/model/preferences.ts'
import { applyPreferences, rememberedPreferences, rememberPreferences } from '../preferences.ts'
import type { Toasts } from './toasts.svelte.ts'

/** How the window looks; the product keeps it for every window, this browser for its next start. */
export class PreferencesState {
  chosen = $state.raw<Preferences>({ theme: 'system', density: 'standard' })
  readonly #page: Window
  readonly #client: Client
  readonly #toasts: Toasts

  constructor(client: Client, toasts: Toasts, page: Window) {
    this.#page = page
    this.#client = client
    this.#toasts = toasts
    this.chosen = rememberedPreferences(page.localStorage)
    client.onEvent(({ type }) => {
      if (type === 'preferences.changed' || type === 'resync') void this.#fetch()
    })
  }

  /** Looks so at once, also where it could not be kept. */
  async choose(change: Partial<Preferences>): Promise<void> {
    this.#show({ ...this.chosen, ...change })
    try {
      await this.#client.call('preferences.set', this.chosen)
    } catch (error) {
      const { message } = toWire(error)
      this.#toasts.show({ state: 'fail', title: 'The look was not kept for other windows', text: message })
    }
  }

  async #fetch(): Promise<void> {
    const chosen = await this.#client.call('preferences.show', {}).catch(() => null)
    if (chosen !== null) this.#show(chosen)
  }

  #show(chosen: Preferences): void {
    this.chosen = chosen
    applyPreferences(chosen, this.#page.document)
    rememberPreferences(chosen, this.#page.localStorage)
  }
}
