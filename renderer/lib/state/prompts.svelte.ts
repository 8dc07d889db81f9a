import type { Client } from '../../../shared/client.ts'
import { toWire } from '../../../shared/errors.ts'
import type { PromptQuestion } from '../../../shared/model/prompt.ts'
import type { Toasts } from './toasts.svelte.ts'

/** What servers that log us in want to know of a person, oldest question first. */
export class PromptsState {
  open = $state.raw<readonly PromptQuestion[]>([])
  readonly current = $derived(this.open[0] ?? null)
  readonly #client: Client
  readonly #toasts: Toasts

  constructor(client: Client, toasts: Toasts) {
    this.#client = client
    this.#toasts = toasts
    client.onEvent((event) => {
      if (event.type === 'prompt.asked') this.open = [...this.#without(event.prompt.id), event.prompt]
      if (event.type === 'prompt.ended') this.open = this.#without(event.id)
      if (event.type === 'resync') void this.#fetch()
    })
  }

  /** `answer` null: the person declines, so the login ends. */
  async answer({ id }: PromptQuestion, answer: string | null): Promise<void> {
    this.open = this.#without(id)
    try {
      await this.#client.call('prompts.answer', { id, answer })
    } catch (error) {
      this.#toasts.show({ state: 'fail', title: 'The answer came too late', text: toWire(error).message })
    }
  }

  async #fetch(): Promise<void> {
    const asked = await this.#client.call('prompts.list', {}).catch(() => null)
    if (asked !== null) this.open = asked.prompts
  }

  #without(id: string): readonly PromptQuestion[] {
    return this.open.filter((each) => each.id !== id)
  }
}
