import { join } from 'node:path'
import { z } from 'zod'
import { AppError, toWire, type WireError } from '../../../shared/errors.ts'
import { Instant } from '../../../shared/model/name.ts'
import type { CopyAttempt } from '../../../shared/schedule-contract.ts'
import type { BackupParts } from '../backups/backup-run.ts'
import { readManifest, stemOfArchive } from '../backups/stored-backup.ts'
import { runVerify } from '../backups/verify-job.ts'
import { paced } from '../destinations/paced.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'
import { createThrottle, type Throttle } from '../throttle.ts'
import { dueReadBacks, type DueReadBack } from './due-read-backs.ts'

export interface ReadBackParts {
  readonly backupParts: Pick<BackupParts, 'catalog' | 'clock' | 'destinations' | 'encryption'>
  readonly jobs: JobQueue
}

type Cancellable = { readonly signal: AbortSignal }

/** Megabits per second that reading back takes at most, so that it is in nobody's way. */
const mbit = 80
/** A destination where it did not work is left alone for so long, in milliseconds. */
const pause = 6 * 60 * 60_000

const Waits = z.object({ until: z.record(z.string(), Instant) })

/** Reads copies back whole that nobody has for a month, one at a time and slowly. */
export class ReadBacks {
  readonly #parts: ReadBackParts
  readonly #waits: Document<z.infer<typeof Waits>>
  readonly #throttle: Throttle

  private constructor(parts: ReadBackParts, waits: Document<z.infer<typeof Waits>>) {
    this.#parts = parts
    this.#waits = waits
    this.#throttle = createThrottle({ mbit, clock: parts.backupParts.clock })
  }

  static async open(
    dataFolder: string,
    parts: ReadBackParts,
    { log }: { readonly log: Log },
  ): Promise<ReadBacks> {
    const waits = await openDocument({
      ...{ file: join(dataFolder, 'read-backs.json'), schema: Waits, version: 1, migrations: {}, log },
      ...{ empty: { until: {} }, rebuildable: true },
    })
    return new ReadBacks(parts, waits)
  }

  /** Reads the one back that is longest overdue, where one is; resolves to what came of it. */
  async readDue({ signal }: Cancellable): Promise<readonly CopyAttempt[]> {
    const { catalog, clock } = this.#parts.backupParts
    const due = dueReadBacks(catalog.list(), clock.now()).find(
      ({ destination }) => !this.#isWaiting(destination),
    )
    if (due === undefined || signal.aborted) return []
    const { backup, destination } = due
    const error = await this.#read(due, { signal })
    if (error?.code === 'interrupted') return []
    if (error !== null && error.code !== 'corrupt') await this.#wait(destination)
    return [
      {
        ...{ backup: backup.id, name: backup.name, destination },
        error: error && { code: error.code, message: error.message },
      },
    ]
  }

  /** Null where it is good. A destination that is not there, or whose keys are locked away, costs no job. */
  async #read({ backup, destination }: DueReadBack, { signal }: Cancellable): Promise<WireError | null> {
    const { jobs, backupParts } = this.#parts
    const { clock, destinations, encryption } = backupParts
    const slow = {
      connect: async (name: string, options: Cancellable) =>
        paced(await destinations.connect(name, options), this.#throttle),
    }
    try {
      const copy = backup.copies.find((each) => each.destination === destination)
      await using there = await destinations.connect(destination, { signal })
      await readManifest(there, stemOfArchive(copy?.key ?? ''), { signal, keys: encryption })
      const { id } = await jobs.start({
        ...{ kind: 'verify', title: backup.name, request: null, lock: backup.id },
        run: (job) =>
          runVerify(backup, { level: 'deep', destination }, job, {
            ...{ ...backupParts, destinations: slow, ports: { clock } },
          }),
      })
      return (await jobs.settled(id)).error
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return signal.aborted ? { code: 'interrupted', message: error.message } : toWire(error)
    }
  }

  #isWaiting(destination: string): boolean {
    const until = this.#waits.read().until[destination]
    const left = until === undefined ? 0 : Date.parse(until) - this.#parts.backupParts.clock.now().getTime()
    return left > 0 && left <= pause
  }

  async #wait(destination: string): Promise<void> {
    const until = new Date(this.#parts.backupParts.clock.now().getTime() + pause).toISOString()
    await this.#waits.update((waits) => ({ until: { ...waits.until, [destination]: until } }))
  }
}
