import { join } from 'node:path'
import { z } from 'zod'
import type { WireError } from '../../../shared/errors.ts'
import { QueuedCopy } from '../../../shared/model/backup.ts'
import { Id } from '../../../shared/model/name.ts'
import type { EventBus } from '../event-bus.ts'
import type { Clock, Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = z.object({ copies: z.array(QueuedCopy.extend({ backup: Id })) })
type Stored = z.infer<typeof Stored>
/** A missing copy of the backup with this id. */
export type QueuedRow = Stored['copies'][number]

/** What failed is tried again after so long, then twice as long, and so on, in milliseconds. */
const firstPause = 15 * 60_000
const longestPause = 6 * 60 * 60_000

interface Options {
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly events: EventBus
}

const is = (backup: string, destination: string) => (row: QueuedRow) =>
  row.backup === backup && row.destination === destination

/** The copies that backups were asked for and do not have, on disk, so that no crash and no sleep forgets one. */
export class CopyQueue {
  readonly #document: Document<Stored>
  readonly #options: Options

  private constructor(document: Document<Stored>, options: Options) {
    this.#document = document
    this.#options = options
  }

  static async open(folder: string, options: Options): Promise<CopyQueue> {
    const document = await openDocument({
      ...{ file: join(folder, 'copy-queue.json'), schema: Stored, version: 1, migrations: {} },
      ...{ empty: { copies: [] }, log: options.log },
    })
    return new CopyQueue(document, options)
  }

  list(): readonly QueuedRow[] {
    return this.#document.read().copies
  }

  of(backup: string): readonly QueuedCopy[] {
    return this.list()
      .filter((row) => row.backup === backup)
      .map(({ backup: _, ...copy }) => copy)
  }

  /**
   * Queues a copy at each destination of a backup that is about to be stored, to be taken off as they are made: a crash
   * between two of them leaves the rest queued. A single destination needs none.
   */
  async expect(backup: string, destinations: readonly string[]): Promise<void> {
    const since = this.#options.clock.now()
    const nextAt = new Date(since.getTime() + firstPause).toISOString()
    const row = (destination: string): QueuedRow => ({
      ...{ backup, destination, since: since.toISOString(), attempts: 0, nextAt, code: 'interrupted' },
      message: 'The backup ended before this copy was made. The others are untouched.',
    })
    if (destinations.length < 2) return
    await this.#change((copies) => [...copies, ...destinations.map(row)])
  }

  /** Says why a queued copy is not there. */
  async explain(backup: string, destination: string, error: WireError): Promise<void> {
    const { code, message } = error
    await this.#change((copies) =>
      copies.map((row) => (is(backup, destination)(row) ? { ...row, code, message } : row)),
    )
  }

  /** Notes that an attempt failed, and puts the next one off. */
  async failed(backup: string, destination: string, { code, message }: WireError): Promise<void> {
    const now = this.#options.clock.now().getTime()
    await this.#change((copies) =>
      copies.map((row) => {
        if (!is(backup, destination)(row)) return row
        const pause = Math.min(longestPause, firstPause * 2 ** Math.min(row.attempts, 20))
        const nextAt = new Date(now + pause).toISOString()
        return { ...row, attempts: row.attempts + 1, nextAt, code, message }
      }),
    )
  }

  /** Takes a copy off: it was made, or nobody wants it any more. */
  async remove(backup: string, destination: string): Promise<void> {
    await this.#change((copies) => copies.filter((row) => !is(backup, destination)(row)))
  }

  /** Takes all copies of backups off that are gone. */
  async forgetBackups(gone: ReadonlySet<string>): Promise<void> {
    await this.#change((copies) => copies.filter((row) => !gone.has(row.backup)))
  }

  async forgetDestination(name: string): Promise<void> {
    await this.#change((copies) => copies.filter((row) => row.destination !== name))
  }

  async #change(change: (copies: readonly QueuedRow[]) => QueuedRow[]): Promise<void> {
    const next = change(this.list())
    if (next.length === 0 && this.list().length === 0) return
    await this.#document.update(({ copies }) => ({ copies: change(copies) }))
    this.#options.events.publish({ type: 'catalog.changed' })
  }
}
