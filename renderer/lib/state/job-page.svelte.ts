import type { Client } from '../../../shared/client.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { Job, JobLogLine } from '../../../shared/model/job.ts'
import type { JobsState } from './jobs.svelte.ts'
import { Loaded } from './loaded.svelte.ts'

/** A rate in bytes per second, and when it was told, in milliseconds since 1970. */
interface Sample {
  readonly at: number
  readonly rate: number
}

const minute = 60_000

/** One job's page: the job with its log, its rates since the page is open, and what it made. */
export class JobPageState {
  readonly id: string
  readonly loaded: Loaded<{ readonly job: Job; readonly log: readonly JobLogLine[] }>
  readonly made: Loaded<{ readonly backup: Backup }>
  readonly job: Job | null
  readonly log: readonly JobLogLine[]
  /** Of the last minute, oldest first. */
  rates = $state.raw<readonly Sample[]>([])
  error = $state.raw<WireError | null>(null)
  readonly #client: Client

  constructor(id: string, { client, jobs }: { readonly client: Client; readonly jobs: JobsState }) {
    this.id = id
    this.#client = client
    this.loaded = new Loaded(() => client.call('jobs.show', { id, log: true }))
    this.made = new Loaded(() => client.call('backups.show', { backup: this.job?.backupId ?? '' }))
    this.job = $derived(jobs.byId(id) ?? this.loaded.value?.job ?? null)
    this.log = $derived(this.loaded.value?.log ?? [])
  }

  /** Begins to listen; returns the function that ends it. */
  watch(): () => void {
    void this.loaded.refresh()
    return this.#client.onEvent((event) => {
      if (event.type === 'resync') void this.loaded.refresh()
      if (event.type === 'job.log' && event.jobId === this.id) void this.loaded.refresh()
      if (event.type === 'job.changed' && event.job.id === this.id) this.#sample(event.job)
    })
  }

  async cancel(): Promise<void> {
    this.error = null
    try {
      await this.#client.call('jobs.cancel', { id: this.id })
    } catch (error) {
      this.error = toWire(error)
    }
  }

  #sample({ progress }: Job): void {
    if (progress === null) return
    const at = Date.now()
    this.rates = [...this.rates.filter((each) => at - each.at <= minute), { at, rate: progress.rate }]
  }
}
