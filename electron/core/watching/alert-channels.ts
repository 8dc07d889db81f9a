import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { AlertChannel } from '../../../shared/model/alert.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = z.object({ channels: z.array(AlertChannel) })
type Stored = z.infer<typeof Stored>

/** Whom to tell, in the order in which they were added. */
export class AlertChannels {
  readonly #document: Document<Stored>
  readonly #events: EventBus

  private constructor(document: Document<Stored>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<AlertChannels> {
    const document = await openDocument({
      ...{ file: join(folder, 'alert-channels.json'), schema: Stored, version: 1, migrations: {} },
      ...{ empty: { channels: [] }, log },
    })
    return new AlertChannels(document, events)
  }

  list(): readonly AlertChannel[] {
    return this.#document.read().channels
  }

  /** Throws `not-found`. */
  get(name: string): AlertChannel {
    const found = this.list().find((each) => each.name === name)
    if (found) return found
    throw new AppError('not-found', `Nobody called ${name} is told of anything. See: holdfast alert list`)
  }

  /** Throws `conflict` where the name is taken. */
  refuseTaken(name: string): void {
    if (this.list().some((each) => each.name === name))
      throw new AppError('conflict', `Somebody called ${name} is told already. Nothing was changed.`)
  }

  async add(channel: AlertChannel): Promise<void> {
    await this.#change((channels) => {
      this.refuseTaken(channel.name)
      return [...channels, channel]
    })
  }

  async remove(id: string): Promise<void> {
    await this.#change((channels) => channels.filter((each) => each.id !== id))
  }

  async #change(change: (current: readonly AlertChannel[]) => AlertChannel[]): Promise<void> {
    await this.#document.update(({ channels }) => ({ channels: change(channels) }))
    this.#events.publish({ type: 'alerts.changed' })
  }
}
