import type { Prompt } from 'ssh2'
import { AppError, cancellation } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { Secret } from '../secrets/secret.ts'
import { printable } from './printable.ts'

/** One question that a server asks while someone logs in. The texts are the server's, made fit for a screen. */
export interface LoginQuestion {
  readonly server: string
  readonly instructions: string
  readonly text: string
  /** Whether the answer may be seen while it is typed. */
  readonly echo: boolean
}

/** Asks a person; null where the person declines. */
export type AskPerson = (
  question: LoginQuestion,
  options: { readonly signal: AbortSignal },
) => Promise<Secret | null>

/**
 * Answers keyboard-interactive rounds: the stored password for the first hidden question that asks for one, a
 * person for everything else.
 */
export class PromptAnswers {
  readonly #server: Server
  readonly #ask: AskPerson | undefined
  readonly #signal: AbortSignal
  #password: Secret | null
  #asking = 0

  constructor(
    server: Server,
    password: Secret | null,
    options: { readonly ask?: AskPerson | undefined; readonly signal: AbortSignal },
  ) {
    this.#server = server
    this.#password = password
    this.#ask = options.ask
    this.#signal = options.signal
  }

  get canAnswer(): boolean {
    return this.#ask !== undefined || this.#password !== null
  }

  get hasPerson(): boolean {
    return this.#ask !== undefined
  }

  get isAsking(): boolean {
    return this.#asking > 0
  }

  /** The answers to one round, in its order. Throws `auth-failed` where a question has no answer. */
  async answer(instructions: string, prompts: readonly Prompt[]): Promise<string[]> {
    const answers: string[] = []
    for (const prompt of prompts) answers.push(await this.#answerOne(instructions, prompt))
    return answers
  }

  async #answerOne(instructions: string, prompt: Prompt): Promise<string> {
    const echo = prompt.echo ?? false
    if (this.#password && !echo && asksForPassword(prompt.prompt)) {
      const password = this.#password
      this.#password = null
      return password.reveal()
    }
    const text = printable(prompt.prompt)
    if (!this.#ask) throw this.#unanswered(text, 'and nobody is here to answer')
    this.#asking += 1
    try {
      const question = { server: this.#server.name, instructions: printable(instructions), text, echo }
      const answer = await this.#ask(question, { signal: this.#signal })
      if (this.#signal.aborted) throw cancellation(this.#signal)
      if (!answer) throw this.#unanswered(text, 'and got no answer')
      return answer.reveal()
    } finally {
      this.#asking -= 1
    }
  }

  #unanswered(text: string, outcome: string): AppError {
    return new AppError(
      'auth-failed',
      `${this.#server.name} asked “${text}” ${outcome}, so nothing was read or changed there. Log in by hand once, or use a key for this login.`,
      { details: { tried: ['keyboard-interactive'], question: text } },
    )
  }
}

/** A hidden question for the password itself, and not for a one-time one. */
function asksForPassword(text: string): boolean {
  return (
    /pass(word|wort|phrase)|kennwort|contrase|mot de passe|парол/i.test(text) &&
    !/one.?time|otp|oath|token|code/i.test(text)
  )
}
