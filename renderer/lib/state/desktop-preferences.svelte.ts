import { toWire } from '../../../shared/errors.ts'
import type { Desktop, DesktopPreferences, PreferencesChange } from '../../../shared/desktop.ts'

/** How the desktop window behaves; null in a browser. */
export class DesktopPreferencesState {
  chosen = $state.raw<DesktopPreferences | null>(null)
  error = $state<string | null>(null)
  readonly #desktop: Desktop | undefined

  constructor(page: Window) {
    this.#desktop = page.holdfast
    void this.#keep(async () => this.#desktop?.readPreferences())
  }

  async change(change: PreferencesChange): Promise<void> {
    await this.#keep(async () => this.#desktop?.changePreferences(change))
  }

  async #keep(ask: () => Promise<DesktopPreferences | undefined>): Promise<void> {
    this.error = null
    try {
      this.chosen = (await ask()) ?? null
    } catch (thrown) {
      this.error = toWire(thrown).message
    }
  }
}
