import { createContext } from 'svelte'
import { SvelteSet } from 'svelte/reactivity'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { SourceStanding } from '../../../shared/model/fleet.ts'
import type { AppState } from './app-state.ts'
import { isQuiet } from './fleet.svelte.ts'

/** One server's screen: what is shown of it, what is selected, and looking at it anew. */
export class ServerState {
  readonly name: string
  pane = $state<'accounts' | 'connection'>('accounts')
  filter = $state('')
  show = $state<'all' | 'attention'>('all')
  measuring = $state(false)
  error = $state.raw<WireError | null>(null)
  readonly picked = new SvelteSet<string>()
  readonly #app: AppState
  readonly standing
  readonly sources
  readonly needing
  readonly shown
  readonly selected

  constructor(name: string, app: AppState) {
    this.name = name
    this.#app = app
    this.standing = $derived(app.fleet.named(name))
    this.sources = $derived(this.standing?.sources ?? [])
    this.needing = $derived(this.sources.filter(({ state }) => !isQuiet(state)))
    this.shown = $derived(
      (this.show === 'all' ? this.sources : this.needing).filter((source) => this.#matches(source)),
    )
    this.selected = $derived(this.sources.filter((source) => this.picked.has(source.name)))
  }

  /** Looks at the server: what is there, and how large. */
  async measure(): Promise<void> {
    this.measuring = true
    this.error = null
    try {
      await this.#app.client.call('sources.list', { server: this.name })
    } catch (error) {
      this.error = toWire(error)
    } finally {
      this.measuring = false
    }
  }

  #matches({ name, about }: SourceStanding): boolean {
    const wanted = this.filter.trim().toLowerCase()
    return [name, about ?? ''].some((text) => text.toLowerCase().includes(wanted))
  }
}

export const [serverState, setServerState] = createContext<ServerState>()
