import { powerSaveBlocker } from 'electron'

/** Keeps the computer from falling asleep while jobs run; the screen may go dark. */
export class KeepAwake {
  #blocker: number | null = null

  set(busy: boolean): void {
    if (busy && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (busy || this.#blocker === null) return
    powerSaveBlocker.stop(this.#blocker)
    this.#blocker = null
  }
}
