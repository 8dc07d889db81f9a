import type { Client } from '../../../shared/client.ts'
import { toWire } from '../../../shared/errors.ts'
import type { ScheduleRow } from '../../../shared/schedule-contract.ts'
import { Loaded } from './loaded.svelte.ts'
import type { Toasts } from './toasts.svelte.ts'

/** What runs by itself, and what people do with it. */
export class SchedulesState {
  readonly loaded: Loaded<readonly ScheduleRow[]>
  readonly list = $derived.by((): readonly ScheduleRow[] => this.loaded.value ?? [])
  /** Those that have a next run, soonest first. */
  readonly upcoming = $derived(
    this.list
      .flatMap(({ schedule, next }) => (next === null ? [] : [{ schedule, next }]))
      .sort((a, b) => (a.next < b.next ? -1 : 1)),
  )
  readonly #client: Client
  readonly #toasts: Toasts

  constructor(client: Client, toasts: Toasts) {
    this.#client = client
    this.#toasts = toasts
    this.loaded = new Loaded(async () => (await client.call('schedules.list', {})).schedules)
    client.onEvent(({ type }) => {
      if (changes.has(type)) void this.loaded.refresh()
    })
  }

  named(name: string): ScheduleRow | null {
    return this.list.find(({ schedule }) => schedule.name === name) ?? null
  }

  /** `name` null: all. `until` null: until somebody resumes. */
  async pause(name: string | null, until: Date | null): Promise<void> {
    await this.#told('Nothing was paused', async () => {
      await this.#client.call('schedules.pause', { name, until: until?.toISOString() ?? null })
    })
  }

  async resume(name: string | null): Promise<void> {
    await this.#told('Nothing was resumed', async () => {
      await this.#client.call('schedules.resume', { name })
    })
  }

  async run(name: string): Promise<void> {
    await this.#told('Nothing was started', async () => {
      await this.#client.call('schedules.run', { name })
      this.#toasts.show({ state: 'run', title: `Running ${name}`, text: null })
    })
  }

  /** True where it was removed. */
  async remove(name: string): Promise<boolean> {
    return this.#told('The schedule was not removed', async () => {
      await this.#client.call('schedules.remove', { name })
      this.#toasts.show({ state: 'held', title: `Removed ${name}`, text: 'Its backups stay.' })
    })
  }

  async #told(failed: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      await this.loaded.refresh()
      return true
    } catch (error) {
      this.#toasts.show({ state: 'fail', title: failed, text: toWire(error).message })
      return false
    }
  }
}

const changes: ReadonlySet<string> = new Set(['schedules.changed', 'servers.changed', 'resync'])
