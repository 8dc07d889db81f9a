import { createContext } from 'svelte'
import type { Client } from '../../../shared/client.ts'
import { hasCode, toWire, type WireError } from '../../../shared/errors.ts'
import type { Output } from '../../../shared/contract.ts'
import type { Job, JobLogLine } from '../../../shared/model/job.ts'
import type { RestoreReport } from '../../../shared/model/restore-report.ts'
import type { JobsState } from './jobs.svelte.ts'
import { isGoing } from './jobs.svelte.ts'
import { Loaded } from './loaded.svelte.ts'

type Summary = Output<'restores.list'>['restores'][number]
type Shown = Output<'restores.show'>

/** How a restore stands: still worked on, stopped in the middle, ended with a report, or without having begun. */
export type RunState = 'loading' | 'running' | 'unfinished' | 'ended' | 'not-begun'

interface Known {
  readonly summary: Summary | null
  /** Null where nothing was confirmed, and for whole servers. */
  readonly shown: Shown | null
  readonly report: RestoreReport | null
  /** The restore's own job, also where it is not among the last. */
  readonly job: Job | null
}

const about: ReadonlySet<Job['kind']> = new Set(['restore', 'undo', 'rollback'] as const)

/** The answer, or null where the product says that there is none. */
async function found<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (hasCode(error, 'not-found')) return null
    throw error
  }
}

/** One restore after it was confirmed: how far it is, what became of it, and what can be done about it. */
export class RestoreRunState {
  readonly id: string
  readonly known: Loaded<Known>
  readonly lines: Loaded<readonly JobLogLine[]>
  readonly undoPlan: Loaded<Output<'restores.planUndo'>>
  /** Of a whole server that stopped in the middle: what going on would do otherwise than was confirmed. */
  readonly resumePlan: Loaded<Output<'restores.planResume'>>
  error = $state.raw<WireError | null>(null)
  busy = $state(false)
  /** Somebody looks at what undoing would do. */
  undoing = $state(false)
  /** The restore's own job. */
  readonly job: Job | null
  /** The last job that was started here for it, else its own. */
  readonly latest: Job | null
  /** The job that works on it now. */
  readonly active: Job | null
  readonly state: RunState
  readonly #client: Client
  #started = $state<string | null>(null)

  constructor(id: string, { client, jobs }: { readonly client: Client; readonly jobs: JobsState }) {
    this.id = id
    this.#client = client
    this.known = new Loaded(() => this.#look())
    this.lines = new Loaded(async () => {
      const { log } = await client.call('jobs.show', { id: this.active?.id ?? id, log: true })
      return log
    })
    this.undoPlan = new Loaded(() => client.call('restores.planUndo', { job: id }))
    this.resumePlan = new Loaded(() => client.call('restores.planResume', { job: id }))
    this.job = $derived(jobs.byId(id) ?? this.known.value?.job ?? null)
    this.latest = $derived((this.#started === null ? null : jobs.byId(this.#started)) ?? this.job)
    this.active = $derived.by(() => {
      if (this.job !== null && isGoing(this.job)) return this.job
      const to = this.known.value?.summary?.to
      if (to === undefined) return null
      const title = to.account === null ? to.server : `${to.server}/${to.account}`
      return jobs.active.find((job) => about.has(job.kind) && job.title === title) ?? null
    })
    this.state = $derived.by(() => {
      if (this.active !== null) return 'running'
      const known = this.known.value
      if (known === null) return 'loading'
      if (known.summary === null) return 'not-begun'
      return known.summary.unfinished === null ? 'ended' : 'unfinished'
    })
  }

  /** Begins to listen; returns the function that ends it. */
  watch(): () => void {
    const refresh = () => {
      void this.known.refresh()
      void this.lines.refresh()
    }
    refresh()
    return this.#client.onEvent((event) => {
      if (event.type === 'resync') refresh()
      if (event.type === 'job.log' && event.jobId === (this.active?.id ?? this.id)) refresh()
      if (event.type === 'job.changed' && about.has(event.job.kind) && event.job.finishedAt !== null)
        refresh()
    })
  }

  /** Stops what runs; what it has changed so far is taken back. */
  async stop(): Promise<void> {
    const id = this.active?.id
    if (id !== undefined) await this.#told(() => this.#client.call('jobs.cancel', { id }))
  }

  /** Goes on where it was cut off; with the digest and the typed name where it would not do what was confirmed. */
  async resume(
    otherwise: { readonly digest?: string | null; readonly confirm?: string } = {},
  ): Promise<void> {
    await this.#begun(() => this.#client.call('restores.resume', { job: this.id, ...otherwise }))
  }

  async rollBack(): Promise<void> {
    await this.#begun(() => this.#client.call('restores.rollback', { job: this.id }))
  }

  lookAtUndo(): void {
    this.undoing = true
    this.error = null
    this.undoPlan.value = null
    void this.undoPlan.refresh()
  }

  /** `confirm`: the account's name, typed. */
  async undo(confirm: string): Promise<void> {
    const digest = this.undoPlan.value?.plan?.digest ?? null
    await this.#begun(() => this.#client.call('restores.undo', { job: this.id, digest, confirm }))
    if (this.error === null) this.undoing = false
  }

  async #look(): Promise<Known> {
    const { client, id } = { client: this.#client, id: this.id }
    const { restores } = await client.call('restores.list', {})
    const shown = await found(client.call('jobs.show', { id, log: false }))
    return {
      summary: restores.find(({ job }) => job === id) ?? null,
      shown: await found(client.call('restores.show', { job: id })),
      report: (await found(client.call('restores.report', { job: id })))?.report ?? null,
      job: shown?.job ?? null,
    }
  }

  async #begun(act: () => Promise<{ readonly job: Job }>): Promise<void> {
    await this.#told(async () => {
      const { job } = await act()
      this.#started = job.id
    })
  }

  async #told(act: () => Promise<unknown>): Promise<void> {
    this.busy = true
    this.error = null
    try {
      await act()
      await this.known.refresh()
    } catch (error) {
      this.error = toWire(error)
    } finally {
      this.busy = false
    }
  }
}

export const [restoreRun, setRestoreRun] = createContext<RestoreRunState>()
