import { v7 as uuid } from 'uuid'
import { AppError } from '../../shared/errors.ts'
import type { PromptQuestion } from '../../shared/model/prompt.ts'
import type { EventBus } from './event-bus.ts'
import type { Clock } from './ports.ts'
import type { Secret } from './secrets/secret.ts'
import type { AskPerson, LoginQuestion } from './servers/prompt-answers.ts'

/** How long a person may think, in milliseconds. */
const patience = 120_000

/** Questions that only a person can answer, on their way to whoever listens and back. */
export class Prompts {
  readonly #events: EventBus
  readonly #clock: Clock
  readonly #open = new Map<
    string,
    { readonly question: PromptQuestion; readonly answer: (answer: Secret | null) => void }
  >()

  constructor(options: { readonly events: EventBus; readonly clock: Clock }) {
    this.#events = options.events
    this.#clock = options.clock
  }

  /** Asks; null where nobody listens, nobody answers within two minutes, or the person declines. */
  readonly ask: AskPerson = async (question, { signal }) => {
    if (!this.#events.hasListeners) return null
    const done = new AbortController()
    const waiting = AbortSignal.any([signal, done.signal])
    const answered = Promise.withResolvers<Secret | null>()
    const id = this.#publish(question, answered.resolve)
    const late = this.#clock.sleep(patience, { signal: waiting }).then(
      () => null,
      () => null,
    )
    try {
      return await Promise.race([answered.promise, late])
    } finally {
      done.abort()
      this.#open.delete(id)
      this.#events.publish({ type: 'prompt.ended', id })
    }
  }

  /** Questions without an answer yet, oldest first. */
  list(): readonly PromptQuestion[] {
    return [...this.#open.values()].map(({ question }) => question)
  }

  /** Throws `not-found` where the question has been answered or given up. */
  answer(id: string, answer: Secret | null): void {
    const open = this.#open.get(id)
    if (!open) throw new AppError('not-found', 'Nobody waits for that answer any more.')
    this.#open.delete(id)
    open.answer(answer)
  }

  #publish(
    { server, instructions, text, echo }: LoginQuestion,
    answer: (answer: Secret | null) => void,
  ): string {
    const question = { id: uuid(), server, instructions, text, echo }
    this.#open.set(question.id, { question, answer })
    this.#events.publish({ type: 'prompt.asked', prompt: question })
    return question.id
  }
}
