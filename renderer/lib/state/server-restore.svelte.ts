import { createContext } from 'svelte'
import { SvelteSet } from 'svelte/reactivity'
import type { Output } from '../../../shared/contract.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Scope } from '../../../shared/model/backup.ts'
import type { ServerRestorePlan, ServerRestoreRequest } from '../../../shared/model/restore-server.ts'
import { distinct } from '../distinct.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'

export const serverRestoreSteps = ['what', 'review', 'run'] as const
export type ServerRestoreStep = (typeof serverRestoreSteps)[number]

/** All accounts of a server that is lost, on their way to another one. */
export class ServerRestore {
  step = $state<ServerRestoreStep>('what')
  from = $state('')
  scope = $state<Scope>('full')
  enableCron = $state(false)
  readonly without = new SvelteSet<string>()
  plan = $state.raw<ServerRestorePlan | null>(null)
  error = $state.raw<WireError | null>(null)
  planning = $state(false)
  busy = $state(false)
  /** The job that was started. */
  job = $state<string | null>(null)
  readonly list: Loaded<Output<'backups.list'>>
  /** Servers of which there are backups, also those that are gone. */
  readonly sources: readonly string[]
  /** Servers that the accounts may go to. */
  readonly targets: readonly string[]
  /** Whoever has a backup of the chosen server. */
  readonly accounts: readonly string[]
  readonly request: ServerRestoreRequest | null
  /** Whether the plan is the one of what is asked for now. */
  readonly planned: boolean
  readonly blocked: boolean
  readonly #app: AppState
  #chosenTarget = $state('')
  #asked = 0
  #plannedFor = $state('')

  /** `from`: the server to begin with; null where nobody said. */
  constructor(from: string | null, app: AppState) {
    this.#app = app
    this.list = new Loaded(() => app.client.call('backups.list', {}))
    const backups = $derived(this.list.value?.backups ?? [])
    this.sources = $derived(distinct(backups.map(({ server }) => server)))
    this.targets = $derived(
      app.fleet.servers.map(({ server }) => server.name).filter((name) => name !== this.from),
    )
    this.accounts = $derived(
      distinct(backups.filter(({ server }) => server === this.from).map(({ source }) => source)),
    )
    this.request = $derived(this.#request())
    this.planned = $derived(
      this.plan !== null && !this.planning && this.#plannedFor === JSON.stringify(this.request),
    )
    this.blocked = $derived(this.plan?.notes.some(({ level }) => level === 'blocker') ?? false)
    void this.#begin(from)
  }

  /** The server that gets them: the first that can, until another one is chosen; empty where there is none. */
  get to(): string {
    return this.targets.find((name) => name === this.#chosenTarget) ?? this.targets[0] ?? ''
  }

  set to(target: string) {
    this.#chosenTarget = target
  }

  /** Whose accounts; all of them. */
  choose(from: string): void {
    this.from = from
    this.without.clear()
  }

  leaveOut(account: string, out: boolean): void {
    if (out) this.without.add(account)
    else this.without.delete(account)
  }

  /** Plans what is asked for now. An older answer that comes late is left. */
  async replan(): Promise<void> {
    const request = this.request
    if (request === null) return
    const asked = (this.#asked += 1)
    const key = JSON.stringify(request)
    Object.assign(this, { planning: true, error: null })
    try {
      const { plan } = await this.#app.client.call('restores.planServer', { request })
      if (asked !== this.#asked) return
      this.plan = plan
      this.#plannedFor = key
    } catch (error) {
      if (asked === this.#asked) this.error = toWire(error)
    } finally {
      if (asked === this.#asked) this.planning = false
    }
  }

  /** Starts what the plan says; the target's name was typed. */
  async start(): Promise<void> {
    const [request, plan] = [this.request, this.plan]
    if (request === null || plan === null || !this.planned) return
    Object.assign(this, { busy: true, error: null })
    try {
      const start = { request, digest: plan.digest, confirm: plan.to.server }
      const { job } = await this.#app.client.call('restores.startServer', start)
      Object.assign(this, { job: job.id, step: 'run' })
    } catch (error) {
      this.error = toWire(error)
    } finally {
      this.busy = false
    }
  }

  /** Back to the review, with a plan of the target as it is now. */
  async showNew(): Promise<void> {
    Object.assign(this, { job: null, step: 'review' })
    await this.replan()
  }

  async #begin(from: string | null): Promise<void> {
    await this.list.refresh()
    const [first] = this.sources
    const chosen = from !== null && this.sources.includes(from) ? from : first
    if (chosen !== undefined) this.choose(chosen)
  }

  #request(): ServerRestoreRequest | null {
    const { from, to, scope, enableCron, accounts, without } = this
    if (from === '' || to === '' || accounts.every((account) => without.has(account))) return null
    return { from, to, scope, enableCron, without: accounts.filter((account) => without.has(account)) }
  }
}

export const [serverRestore, setServerRestore] = createContext<ServerRestore>()
