import { createContext } from 'svelte'
import type { Output } from '../../../shared/contract.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import type { GivenSchedule } from '../../../shared/schedule-contract.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'
import { ScheduleForm, type GivenSource } from './schedule-form.svelte.ts'

/** One schedule: as it is stored, what became of its due times, and as it is being changed. */
export class ScheduleEditor {
  readonly form = new ScheduleForm()
  /** Its name as it is stored; null: it is new. */
  readonly name: string | null
  readonly shown: Loaded<Output<'schedules.show'> | null>
  saving = $state(false)
  error = $state.raw<WireError | null>(null)
  /** Somebody wanted to save, so every field says what is wrong. */
  judged = $state(false)
  /** Which parts differ from what is stored, by their names. */
  readonly changed: readonly (keyof GivenSchedule)[]
  readonly #app: AppState
  #stored = $state.raw<GivenSchedule | null>(null)

  /** `source`: what a new one begins with. */
  constructor(app: AppState, start: { readonly name: string | null; readonly source: GivenSource | null }) {
    this.#app = app
    this.name = start.name
    const { name } = start
    this.shown = new Loaded(async () => (name === null ? null : app.client.call('schedules.show', { name })))
    this.changed = $derived.by(() => {
      const stored = this.#stored
      if (stored === null) return []
      const given = this.form.given()
      return (Object.keys(given) as (keyof GivenSchedule)[]).filter(
        (key) => JSON.stringify(given[key]) !== JSON.stringify(stored[key]),
      )
    })
    if (name === null) this.#beginNew(start.source)
  }

  /** The schedule as it is stored; null for a new one, or before it is known. */
  get schedule(): Schedule | null {
    return this.shown.value?.schedule ?? null
  }

  /** Begins to listen; returns the function that ends it. What somebody has changed stays as it is. */
  watch(): () => void {
    void this.#read()
    return this.#app.client.onEvent(({ type }) => {
      if (type === 'schedules.changed' || type === 'resync') void this.#read()
    })
  }

  discard(): void {
    this.error = null
    this.judged = false
    this.#take()
  }

  /** Stores it; true where that worked. */
  async save(): Promise<boolean> {
    this.judged = true
    if (this.saving || this.form.problems.length > 0) return false
    this.saving = true
    this.error = null
    try {
      const given = this.form.given()
      await this.#store(given)
      this.#app.toasts.show({ state: 'held', title: `Saved ${given.name}`, text: null })
      await this.#app.schedules.loaded.refresh()
      this.judged = false
      this.#stored = given
      this.#app.navigation.go({ screen: 'schedules', schedule: given.name })
      return true
    } catch (error) {
      this.error = toWire(error)
      return false
    } finally {
      this.saving = false
    }
  }

  async #store(given: GivenSchedule): Promise<void> {
    const { client } = this.#app
    if (this.name === null) {
      await client.call('schedules.add', { draft: given })
      return
    }
    const change = Object.fromEntries(this.changed.map((key) => [key, given[key]]))
    await client.call('schedules.edit', { name: this.name, change })
  }

  async #read(): Promise<void> {
    await this.shown.refresh()
    if (this.changed.length === 0) this.#take()
  }

  #beginNew(source: GivenSource | null): void {
    const { form } = this
    form.sources = source === null ? [] : [source]
    form.destinations = this.#app.destinations.list.map(({ name }) => name)
  }

  #take(): void {
    const { schedule } = this
    if (schedule === null) return
    const servers = this.#app.fleet.servers
    const nameOf = (id: string) => servers.find(({ server }) => server.id === id)?.server.name ?? null
    this.form.fill(schedule, nameOf)
    this.#stored = this.form.given()
  }
}

export const [scheduleEditor, setScheduleEditor] = createContext<ScheduleEditor>()
