import { createContext } from 'svelte'
import type { Output } from '../../../shared/contract.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { SourceOverrides } from '../../../shared/model/source.ts'
import { choicesOf, choose, type Choice, type ChoiceKind } from '../source-choices.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'

/** What one source holds, by evidence and by the admin's word, and that word as it is being changed. */
export class SourceSettingsState {
  readonly server: string
  readonly source: string
  readonly known: Loaded<Output<'sources.known'>>
  readonly stored: Loaded<SourceOverrides>
  draft = $state.raw<SourceOverrides | null>(null)
  looking = $state(false)
  saving = $state(false)
  error = $state.raw<WireError | null>(null)
  readonly account
  readonly unclaimed
  readonly changed: boolean
  readonly #app: AppState

  constructor({ server, source }: { readonly server: string; readonly source: string }, app: AppState) {
    this.server = server
    this.source = source
    this.#app = app
    this.known = new Loaded(() => app.client.call('sources.known', { server }))
    this.stored = new Loaded(async () => app.client.call('sources.overrides', { server, source }))
    const look = $derived(this.known.value?.look ?? null)
    this.account = $derived(look?.discovery.sources.find(({ name }) => name === source) ?? null)
    this.unclaimed = $derived(look?.discovery.unclaimed ?? [])
    this.changed = $derived(
      this.draft !== null && JSON.stringify(this.draft) !== JSON.stringify(this.stored.value),
    )
    void this.known.refresh()
    void this.#begin()
  }

  choices(kind: ChoiceKind): readonly Choice[] {
    const [stored, draft] = [this.stored.value, this.draft]
    return stored === null || draft === null ? [] : choicesOf(kind, { source: this.account, stored, draft })
  }

  choose(kind: ChoiceKind, choice: Pick<Choice, 'key' | 'name' | 'why'>, included: boolean): void {
    if (this.draft !== null) this.draft = choose(kind, choice, { included, draft: this.draft })
  }

  /** Takes a word into a list, or out of it. */
  put(list: 'exclude' | 'accept', word: string, wanted: boolean): void {
    if (this.draft === null) return
    const others = this.draft[list].filter((each) => each !== word)
    this.draft = { ...this.draft, [list]: wanted ? [...others, word] : others }
  }

  honourNobackup(nobackupTag: boolean): void {
    if (this.draft !== null) this.draft = { ...this.draft, nobackupTag }
  }

  discard(): void {
    this.draft = this.stored.value
    this.error = null
  }

  async save(): Promise<void> {
    const overrides = this.draft
    if (overrides === null) return
    this.saving = true
    const { server, source } = this
    await this.#told(async () => {
      await this.#app.client.call('sources.set', { server, source, overrides })
      await this.stored.refresh()
      const text = 'The next backup uses it.'
      this.#app.toasts.show({ state: 'held', title: `Stored for ${source}`, text })
    })
    this.saving = false
  }

  /** Looks at the server anew. */
  async look(): Promise<void> {
    this.looking = true
    await this.#told(async () => {
      await this.#app.client.call('sources.list', { server: this.server })
      await this.known.refresh()
    })
    this.looking = false
  }

  async #begin(): Promise<void> {
    await this.stored.refresh()
    this.draft = this.stored.value
  }

  async #told(act: () => Promise<void>): Promise<void> {
    this.error = null
    try {
      await act()
    } catch (error) {
      this.error = toWire(error)
    }
  }
}

export const [sourceSettings, setSourceSettings] = createContext<SourceSettingsState>()
