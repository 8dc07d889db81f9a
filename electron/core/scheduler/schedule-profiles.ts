import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { Schedule, type Pause } from '../../../shared/model/schedule.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = z.object({ schedules: z.array(Schedule) })
type Stored = z.infer<typeof Stored>

/** All schedules, in the order in which they were added. */
export class ScheduleProfiles {
  readonly #document: Document<Stored>
  readonly #events: EventBus

  private constructor(document: Document<Stored>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<ScheduleProfiles> {
    const document = await openDocument({
      ...{ file: join(folder, 'schedules.json'), schema: Stored, version: 1, migrations: {} },
      ...{ empty: { schedules: [] }, log },
    })
    return new ScheduleProfiles(document, events)
  }

  list(): readonly Schedule[] {
    return this.#document.read().schedules
  }

  byId(id: string): Schedule | null {
    return this.list().find((each) => each.id === id) ?? null
  }

  /** Throws `not-found`. */
  get(name: string): Schedule {
    const found = this.list().find((each) => each.name === name)
    if (found) return found
    throw new AppError('not-found', `There is no schedule called ${name}. See: holdfast schedule list`)
  }

  /** Throws `conflict` where the name is taken. */
  async add(schedule: Schedule): Promise<void> {
    await this.#change((schedules) => {
      if (schedules.some(({ name }) => name === schedule.name)) throw taken(schedule)
      return [...schedules, schedule]
    })
  }

  /** Replaces a schedule. Throws `conflict` where another has its name. */
  async replace(schedule: Schedule): Promise<void> {
    await this.#change((schedules) => {
      if (schedules.some(({ id, name }) => name === schedule.name && id !== schedule.id))
        throw taken(schedule)
      return schedules.map((each) => (each.id === schedule.id ? schedule : each))
    })
  }

  async pause(id: string, paused: Pause | null): Promise<void> {
    await this.#change((schedules) => schedules.map((each) => (each.id === id ? { ...each, paused } : each)))
  }

  async remove(id: string): Promise<void> {
    await this.#change((schedules) => schedules.filter((each) => each.id !== id))
  }

  async #change(change: (current: readonly Schedule[]) => Schedule[]): Promise<void> {
    await this.#document.update(({ schedules }) => ({ schedules: change(schedules) }))
    this.#events.publish({ type: 'schedules.changed' })
  }
}

function taken({ name }: Schedule): AppError {
  return new AppError('conflict', `A schedule called ${name} exists already. Nothing was changed.`)
}
