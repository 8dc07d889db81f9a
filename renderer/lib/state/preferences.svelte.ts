import { applyPreferences, readPreferences, writePreferences, type Preferences } from '../preferences.ts'

/** How the window looks; kept for the next time. */
export class PreferencesState {
  chosen = $state.raw<Preferences>({ theme: 'system', density: 'standard' })
  readonly #page: Window

  constructor(page: Window) {
    this.#page = page
    this.chosen = readPreferences(page.localStorage)
  }

  choose(change: Partial<Preferences>): void {
    this.chosen = { ...this.chosen, ...change }
    applyPreferences(this.chosen, this.#page.document)
    writePreferences(this.chosen, this.#page.localStorage)
  }
}
