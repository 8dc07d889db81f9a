import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../../../shared/client.ts'
import type { Job } from '../../../shared/model/job.ts'

const going: ReadonlySet<Job['state']> = new Set(['queued', 'running', 'cancelling'] as const)

/** Whether it has not ended yet. */
export function isGoing({ state }: Job): boolean {
  return going.has(state)
}

/** What runs and what ran, kept up to date by events. */
export class JobsState {
  readonly #jobs = new SvelteMap<string, Job>()
  /** Newest first. */
  readonly all = $derived([...this.#jobs.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)))
  /** Longest running first. */
  readonly active = $derived(this.all.filter(isGoing).reverse())

  /** Whether the drawer over the status bar is open. */
  drawer = $state(false)
  /** The job of which somebody is asked whether it is to be cancelled. */
  asking = $state<string | null>(null)

  constructor(client: Client) {
    const refresh = async () => {
      const { jobs } = await client.call('jobs.list', {})
      this.#jobs.clear()
      for (const job of jobs) this.#jobs.set(job.id, job)
    }
    client.onEvent((event) => {
      if (event.type === 'job.changed') this.#jobs.set(event.job.id, event.job)
      if (event.type === 'resync') refresh().catch(() => undefined)
    })
  }

  byId(id: string): Job | null {
    return this.#jobs.get(id) ?? null
  }
}
