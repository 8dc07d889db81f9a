import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { SourceKind } from '../../../shared/model/backup.ts'
import type { AppState } from './app-state.ts'
import type { NewRestore } from './new-restore.svelte.ts'

export type Where = 'same' | 'other' | 'elsewhere'

/** Where a restore goes: the account that was backed up, another one beside it, or one on another server. */
export class RestoreTarget {
  where = $state<Where>('same')
  server = $state('')
  account = $state('')
  /** The account is made; its name is the one that is typed. */
  creates = $state(false)
  /** Servers that it may go to. */
  readonly servers: readonly string[]
  /** Accounts that are on the chosen server. */
  readonly accounts: readonly string[]
  /** Why it cannot go back to where it came from; null where it can. */
  readonly notSame: string | null
  /** Why no other account on its server can be chosen; null where one can. */
  readonly notOther: string | null
  readonly notElsewhere: string | null
  readonly place: RestoreRequest['to'] | null
  readonly #task: NewRestore

  constructor(task: NewRestore, { fleet }: AppState) {
    this.#task = task
    this.servers = $derived.by(() => {
      const all = fleet.servers.map(({ server }) => server.name)
      return this.where === 'elsewhere' ? all.filter((name) => name !== this.#from?.server) : all
    })
    this.accounts = $derived(
      (fleet.named(this.server)?.sources ?? [])
        .filter(({ kind, onServer, name }) => kind === this.kind && onServer && !this.#isSame(name))
        .map(({ name }) => name),
    )
    this.notSame = $derived.by(() => {
      const from = this.#from
      if (from === null) return 'The file does not say which account of which server it was made of.'
      const server = fleet.named(from.server)
      if (server === null) return `${from.server} is not a server of yours any more.`
      const there = server.sources.some(({ name, onServer }) => name === from.source && onServer)
      return there ? null : `${from.source} is not on ${from.server} any more.`
    })
    this.notOther = $derived.by(() => {
      if (this.#from === null) return this.notSame
      return fleet.named(this.#from.server) === null
        ? `${this.#from.server} is not a server of yours any more.`
        : null
    })
    this.notElsewhere = $derived.by(() => {
      const others = fleet.servers.filter(({ server }) => server.name !== this.#from?.server)
      return others.length === 0 ? 'There is no other server yet. Add one first.' : null
    })
    this.place = $derived.by(() => {
      const from = this.#from
      if (this.where === 'same') return from === null ? null : { server: from.server, account: from.source }
      const [server, account] = [this.server, this.account.trim()]
      return server === '' || account === '' ? null : { server, account }
    })
  }

  /** What was backed up. */
  get kind(): SourceKind {
    return this.#task.backup?.kind ?? 'account'
  }

  /** `alicenew on harbor-2`. */
  get words(): string {
    return this.place === null ? '' : `${this.place.account} on ${this.place.server}`
  }

  choose(where: Where): void {
    this.where = where
    this.creates = false
    this.server = where === 'other' ? (this.#from?.server ?? '') : (this.servers[0] ?? '')
    this.account = this.accounts[0] ?? ''
    this.#task.names.clear()
  }

  /** Another server; its first account. */
  chooseServer(server: string): void {
    this.server = server
    this.creates = false
    this.account = this.accounts[0] ?? ''
    this.#task.names.clear()
  }

  /** An account that is there; null: a new one. */
  chooseAccount(account: string | null): void {
    this.creates = account === null
    this.account = account ?? ''
    this.#task.names.clear()
  }

  /** The first place that it can go to. */
  reset(): void {
    if (this.notSame === null) this.choose('same')
    else if (this.notOther === null) this.choose('other')
    else this.choose('elsewhere')
  }

  get #from(): { readonly server: string; readonly source: string } | null {
    const backup = this.#task.backup
    return backup === null ? null : { server: backup.server, source: backup.source }
  }

  #isSame(name: string): boolean {
    return this.server === this.#from?.server && name === this.#from.source
  }
}
