import { AppError } from '../../../shared/errors.ts'
import type { Secret } from '../secrets/secret.ts'
import { sudoWords } from './connection.ts'

const SAID = 4096
const READY = `${sudoWords.ready}\n`
const words = [sudoWords.ask, READY]

/**
 * Answers sudo's question for a password, once. It is fed stderr while it is open; what is neither the question nor
 * the sign that the password was taken is kept in `said`.
 */
export class SudoDialogue {
  /** Resolves when sudo took the password, or wanted none; rejects with `auth-failed` when it asks again. */
  readonly accepted: Promise<void>
  readonly #settle: {
    readonly resolve: (value: undefined) => void
    readonly reject: (error: AppError) => void
  }
  readonly #password: Secret
  readonly #send: (text: string) => void
  #heard = ''
  #said = ''
  #asked = false
  #open = true

  constructor(password: Secret, send: (text: string) => void) {
    const accepted = Promise.withResolvers<undefined>()
    this.accepted = accepted.promise
    accepted.promise.catch(() => undefined)
    this.#settle = accepted
    this.#password = password
    this.#send = send
  }

  /** Whether sudo is still to be listened to. */
  get open(): boolean {
    return this.#open
  }

  /** Takes in a piece of stderr; returns what of it came after the dialogue. */
  push(chunk: Buffer): Buffer {
    this.#heard += chunk.toString('latin1')
    for (let word = this.#nextWord(); word; word = this.#nextWord()) {
      if (word === READY) return this.#close(this.#settle.resolve, undefined)
      if (this.#asked) return this.#close(this.#settle.reject, wrongPassword())
      this.#asked = true
      this.#send(`${this.#password.reveal()}\n`)
    }
    return Buffer.alloc(0)
  }

  /** The last of what sudo said, for people. */
  said(): Buffer {
    return Buffer.from(this.#said + this.#heard, 'latin1')
  }

  #close<T>(settle: (value: T) => void, value: T): Buffer {
    this.#open = false
    settle(value)
    const rest = Buffer.from(this.#heard, 'latin1')
    this.#heard = ''
    return rest
  }

  #nextWord(): string | undefined {
    const found = words
      .map((word) => ({ word, at: this.#heard.indexOf(word) }))
      .filter(({ at }) => at >= 0)
      .toSorted((one, other) => one.at - other.at)[0]
    const kept = Math.max(...words.map((word) => word.length)) - 1
    const until = found ? found.at : Math.max(0, this.#heard.length - kept)
    this.#said = (this.#said + this.#heard.slice(0, until)).slice(-SAID)
    this.#heard = this.#heard.slice(found ? found.at + found.word.length : until)
    return found?.word
  }
}

function wrongPassword(): AppError {
  return new AppError(
    'auth-failed',
    'The server did not accept the password for sudo; nothing was read or changed. Enter it again.',
  )
}
