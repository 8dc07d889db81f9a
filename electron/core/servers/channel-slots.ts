import { cancellation, throwIfCancelled } from '../../../shared/errors.ts'

/** Lets a fixed number in; the rest wait their turn in order. */
export class ChannelSlots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Resolves with the function that gives the slot back (idempotent), or throws when the signal is aborted first. */
  async take(options: { readonly signal: AbortSignal }): Promise<() => void> {
    const { signal } = options
    throwIfCancelled(signal)
    if (this.#free > 0) this.#free -= 1
    else {
      await new Promise<void>((resolve, reject) => {
        const enter = () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = () => {
          this.#waiting.splice(this.#waiting.indexOf(enter), 1)
          reject(cancellation(signal))
        }
        this.#waiting.push(enter)
        signal.addEventListener('abort', leave, { once: true })
      })
    }
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
