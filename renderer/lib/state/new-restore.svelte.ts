import { createContext } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Output } from '../../../shared/contract.ts'
import type { ArchiveInspection } from '../../../shared/model/archive-file.ts'
import type { Backup, Scope } from '../../../shared/model/backup.ts'
import type { MapKind } from '../../../shared/model/restore-mapping.ts'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreFrom, RestoreRequest } from '../../../shared/model/restore.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'
import { RestoreTarget } from './restore-target.svelte.ts'

export const restoreSteps = ['source', 'what', 'target', 'review', 'run'] as const
export type RestoreStepName = (typeof restoreSteps)[number]
export type RestoreMode = Scope | 'items'

/** What a wizard begins with. */
export interface RestoreStart {
  readonly server: string | null
  readonly source: string | null
  readonly backup: string | null
  readonly items: readonly string[]
}

/** A restore that is being put together: from what, what of it, where to, and the plan that follows from it. */
export class NewRestore {
  step = $state<RestoreStepName>('source')
  /** Whose backups are looked at. */
  from = $state.raw<{ readonly server: string; readonly source: string } | null>(null)
  backup = $state.raw<Backup | null>(null)
  /** Only the copy there; null: whichever is trusted most. */
  destination = $state<string | null>(null)
  path = $state('')
  /** What the file at `path` was recognised as; it is restored from where it is set. */
  file = $state.raw<ArchiveInspection | null>(null)
  mode = $state<RestoreMode>('full')
  items = $state.raw<readonly string[]>([])
  keepExtra = $state(false)
  mail = $state<'replace' | 'merge'>('replace')
  tableAs = $state('')
  enableCron = $state(false)
  acceptUnsaved = $state.raw<readonly string[]>([])
  /** New names that were typed, by kind and old name. */
  readonly names = new SvelteMap<string, { readonly kind: MapKind; readonly from: string; to: string }>()
  plan = $state.raw<RestorePlan | null>(null)
  planError = $state.raw<WireError | null>(null)
  planning = $state(false)
  /** Why there is another plan than the one that was confirmed. */
  changed = $state.raw<string | null>(null)
  error = $state.raw<WireError | null>(null)
  busy = $state(false)
  /** The job that was started. */
  job = $state<string | null>(null)
  readonly target: RestoreTarget
  readonly list: Loaded<Output<'backups.list'>>
  /** Newest first. */
  readonly backups: readonly Backup[]
  /** What is asked for; null while something of it is open. */
  readonly request: RestoreRequest | null
  /** Whether the plan on screen is the one of what is asked for now. */
  readonly planned: boolean
  readonly blocked: boolean
  readonly #app: AppState
  #asked = 0
  #plannedFor = $state('')

  constructor(start: RestoreStart, app: AppState) {
    this.#app = app
    this.target = new RestoreTarget(this, app)
    this.list = new Loaded(async () => {
      const from = this.from
      if (from === null) return { backups: [], unfinished: [], unreadable: [] }
      return app.client.call('backups.list', { server: from.server, source: from.source })
    })
    this.backups = $derived(
      [...(this.list.value?.backups ?? [])]
        .filter(({ source }) => source === this.from?.source)
        .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
    )
    this.request = $derived(this.#request())
    this.planned = $derived(
      this.plan !== null && !this.planning && this.#plannedFor === JSON.stringify(this.request),
    )
    this.blocked = $derived(this.plan?.notes.some(({ level }) => level === 'blocker') ?? false)
    void this.#begin(start)
  }

  /** What the archive is called where it is read. */
  get archive(): RestoreFrom | null {
    if (this.file !== null) return { kind: 'file', path: this.file.path }
    if (this.backup === null) return null
    return { kind: 'backup', backup: this.backup.id, destination: this.destination }
  }

  /** Something was answered that leaving would lose. */
  get wouldLose(): boolean {
    return this.job === null && this.step !== 'source' && this.step !== 'what'
  }

  /** Looks at the backups of a source, and takes the newest. */
  async choose(server: string, source: string): Promise<void> {
    if (this.from?.server === server && this.from.source === source) return
    this.from = { server, source }
    this.backup = null
    this.list.value = null
    await this.list.refresh()
    this.pick(this.backups[0] ?? null)
  }

  pick(backup: Backup | null): void {
    if (backup?.id === this.backup?.id) return
    this.backup = backup
    this.file = null
    this.destination = null
    this.items = []
    if (this.mode === 'items') this.mode = 'full'
    this.#forget()
  }

  /** Reads an archive file through and says what it is. */
  async inspect(): Promise<void> {
    await this.#told(async () => {
      this.file = null
      this.file = await this.#app.client.call('archive.inspect', { path: this.path.trim() })
      this.backup = null
      this.#forget()
    })
  }

  /** Gives something another name at the target; an empty one gives it back the name of the plan. */
  rename(kind: MapKind, from: string, to: string): void {
    if (to === '') this.names.delete(`${kind} ${from}`)
    else this.names.set(`${kind} ${from}`, { kind, from, to })
  }

  /** Asks for the plan of what is asked for now. An older answer that comes late is left. */
  async replan(): Promise<void> {
    const request = this.request
    const key = JSON.stringify(request)
    const asked = (this.#asked += 1)
    if (request === null) return
    this.planning = true
    try {
      const { plan } = await this.#app.client.call('restores.plan', { request })
      if (asked !== this.#asked) return
      this.plan = plan
      this.planError = null
      this.#plannedFor = key
    } catch (error) {
      if (asked === this.#asked) this.planError = toWire(error)
    } finally {
      if (asked === this.#asked) this.planning = false
    }
  }

  async start(): Promise<void> {
    const [request, plan] = [this.request, this.plan]
    if (request === null || plan === null || !this.planned) return
    await this.#told(async () => {
      const { digest, to } = plan
      const start = { request, digest, confirm: to.account }
      const { job } = await this.#app.client.call('restores.start', start)
      Object.assign(this, { job: job.id, changed: null, step: 'run' })
    })
  }

  /** Back to the review, with a plan of the target as it is now in place of the one that was confirmed. */
  async showNew(why: string): Promise<void> {
    Object.assign(this, { changed: why, job: null, step: 'review' })
    await this.replan()
  }

  /** Back to the review, where these parts are overwritten though they cannot be saved. */
  async acceptLoss(parts: readonly string[]): Promise<void> {
    this.acceptUnsaved = [...this.acceptUnsaved, ...parts]
    Object.assign(this, { job: null, step: 'review' })
    await this.replan()
  }

  async #begin({ server, source, backup, items }: RestoreStart): Promise<void> {
    if (server === null || source === null) return
    await this.choose(server, source)
    const found = this.backups.find(({ id }) => id === backup)
    if (backup === null || found === undefined) return
    this.pick(found)
    if (items.length > 0) Object.assign(this, { mode: 'items', items })
    this.step = 'what'
  }

  #request(): RestoreRequest | null {
    const [from, to] = [this.archive, this.target.place]
    if (from === null || to === null || (this.mode === 'items' && this.items.length === 0)) return null
    return {
      ...{ from, to, keepExtra: this.keepExtra, mail: this.mail, enableCron: this.enableCron },
      scope: this.mode === 'items' ? 'full' : this.mode,
      items: this.mode === 'items' ? [...this.items] : [],
      map: [...this.names.values()].map((row) => ({ kind: row.kind, rename: `${row.from}=${row.to}` })),
      tableAs: this.tableAs.trim() === '' ? null : this.tableAs.trim(),
      ...{ create: this.target.creates, acceptUnsaved: [...this.acceptUnsaved], undoes: null },
    }
  }

  /** Another archive has other names, and another plan. */
  #forget(): void {
    this.names.clear()
    Object.assign(this, { plan: null, planError: null, changed: null, acceptUnsaved: [] })
    this.target.reset()
  }

  async #told(act: () => Promise<void>): Promise<void> {
    this.busy = true
    this.error = null
    try {
      await act()
    } catch (error) {
      this.error = toWire(error)
    } finally {
      this.busy = false
    }
  }
}

export const [newRestore, setNewRestore] = createContext<NewRestore>()
