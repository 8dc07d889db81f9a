import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../../../shared/client.ts'
import type { Output } from '../../../shared/contract.ts'
import { toWire } from '../../../shared/errors.ts'
import { errorWords } from '../advice-words.ts'
import { isGoing, type JobsState } from './jobs.svelte.ts'
import { Loaded } from './loaded.svelte.ts'
import type { Toasts } from './toasts.svelte.ts'

export type WaitingCopy = Output<'copies.queued'>['copies'][number]

const keyOf = ({ backup, destination }: WaitingCopy) => `${backup} ${destination}`

/** Copies that backups lack and that are tried again by themselves, for the page that shows them. */
export class WaitingCopies {
  readonly loaded: Loaded<readonly WaitingCopy[]>
  readonly list = $derived.by((): readonly WaitingCopy[] => this.loaded.value ?? [])
  readonly #client: Client
  readonly #toasts: Toasts
  readonly #jobs: JobsState
  /** Ids of the jobs that were begun here, by copy. */
  readonly #begun = new SvelteMap<string, string>()

  constructor(client: Client, { toasts, jobs }: { readonly toasts: Toasts; readonly jobs: JobsState }) {
    this.#client = client
    this.#toasts = toasts
    this.#jobs = jobs
    this.loaded = new Loaded(async () => (await client.call('copies.queued', {})).copies)
  }

  /** Begins to listen; returns the function that ends it. */
  watch(): () => void {
    void this.loaded.refresh()
    return this.#client.onEvent(({ type }) => {
      if (type === 'catalog.changed' || type === 'destinations.changed' || type === 'resync')
        void this.loaded.refresh()
    })
  }

  /** Whether it is being made since somebody asked for it here. */
  isBusy(copy: WaitingCopy): boolean {
    const job = this.#jobs.byId(this.#begun.get(keyOf(copy)) ?? '')
    return job !== null && isGoing(job)
  }

  /** Why it is not there: what the newest try said, of those begun here or by itself. */
  whyOf(copy: WaitingCopy): string {
    const error = this.#jobs.byId(this.#begun.get(keyOf(copy)) ?? '')?.error ?? null
    return error === null ? copy.message : errorWords(error)
  }

  async tryNow(copy: WaitingCopy): Promise<void> {
    const { backup, destination } = copy
    try {
      const { job } = await this.#client.call('copies.add', { backup, destination })
      this.#begun.set(keyOf(copy), job.id)
    } catch (error) {
      this.#toasts.show({ state: 'fail', title: 'Nothing was started', text: toWire(error).message })
    }
  }
}
