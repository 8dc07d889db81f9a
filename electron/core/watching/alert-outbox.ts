import { join } from 'node:path'
import { z } from 'zod'
import { Alert, AlertDelivery } from '../../../shared/model/alert.ts'
import { Instant } from '../../../shared/model/name.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Waiting = z.object({
  alert: Alert,
  /** Id of the channel. */
  channel: z.string(),
  attempts: z.int(),
  notBefore: Instant,
})
/** An alert that one channel has not been told yet. */
export type Waiting = z.infer<typeof Waiting>

const Stored = z.object({
  waiting: z.array(Waiting),
  /** What was told, by what it is about, so that it is not told again; and since when. */
  told: z.record(z.string(), Instant),
  /** By channel: the newest attempt. */
  last: z.record(z.string(), AlertDelivery),
})
export type OutboxState = z.infer<typeof Stored>

/** What is to be told and was told, on disk, so that a new start tells nothing twice and forgets nothing. */
export class AlertOutbox {
  readonly #document: Document<OutboxState>
  readonly #events: EventBus

  private constructor(document: Document<OutboxState>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<AlertOutbox> {
    const document = await openDocument({
      ...{ file: join(folder, 'alert-outbox.json'), schema: Stored, version: 1, migrations: {}, log },
      ...{ empty: { waiting: [], told: {}, last: {} }, rebuildable: true },
    })
    return new AlertOutbox(document, events)
  }

  read(): OutboxState {
    return this.#document.read()
  }

  async change(change: (current: OutboxState) => OutboxState): Promise<void> {
    await this.#document.update(change)
    this.#events.publish({ type: 'alerts.changed' })
  }
}
