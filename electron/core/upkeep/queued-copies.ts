import { AppError, toWire, type ErrorCode, type WireError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { CopyAttempt } from '../../../shared/schedule-contract.ts'
import type { CopyParts } from '../backups/copy-backup.ts'
import type { QueuedRow } from '../backups/copy-queue.ts'
import { startCopy } from '../backups/start-copy.ts'
import type { JobQueue } from '../jobs/job-queue.ts'

interface Parts {
  readonly backupParts: CopyParts
  readonly jobs: JobQueue
}

type Cancellable = { readonly signal: AbortSignal }

/** What is the matter with one backup, and says nothing about the destination. */
const ofTheBackup: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'corrupt',
  'not-found',
  'conflict',
  'cancelled',
])

/** Makes copies that backups lack, one after the other, from a copy that is there and never from the server. */
export class QueuedCopies {
  readonly #parts: Parts
  /** The copy that is being made. */
  #now: { readonly row: QueuedRow; readonly job: string } | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Tries what is due, those of the newest backups first. Where a destination fails, its others wait with it, so that
   * one that is away is asked once. What is there already, or of a backup that is gone, is taken off the queue.
   */
  async tryDue({ signal }: Cancellable): Promise<readonly CopyAttempt[]> {
    await this.#takeOff()
    const away = new Map<string, WireError>()
    const tried: CopyAttempt[] = []
    for (const { row, backup } of this.#due()) {
      if (signal.aborted) break
      const error = away.get(row.destination) ?? (await this.#attempt(row, backup, { signal }))
      if (error?.code === 'interrupted') break
      if (error !== null) await this.#parts.backupParts.copyQueue.failed(row.backup, row.destination, error)
      if (error !== null && !ofTheBackup.has(error.code)) away.set(row.destination, error)
      const { id, name } = backup
      tried.push({
        ...{ backup: id, name, destination: row.destination },
        error: error && { code: error.code, message: error.message },
      })
    }
    return tried
  }

  /** Takes copies of a backup off the queue, all or one; what is being made of them just now is cancelled first. */
  async abandon(backup: string, destination: string | null): Promise<void> {
    const { backupParts, jobs } = this.#parts
    const { copyQueue } = backupParts
    const rows = copyQueue
      .list()
      .filter((row) => row.backup === backup && (destination === null || row.destination === destination))
    for (const row of rows) {
      await copyQueue.remove(backup, row.destination)
      if (this.#now?.row.backup !== backup || this.#now.row.destination !== row.destination) continue
      const { job } = this.#now
      await jobs.cancel(job)
      await jobs.settled(job)
    }
  }

  #due(): readonly { readonly row: QueuedRow; readonly backup: Backup }[] {
    const { catalog, clock, copyQueue } = this.#parts.backupParts
    const now = clock.now().getTime()
    const busy = new Set(this.#unfinished())
    const rows = Map.groupBy(copyQueue.list(), ({ backup }) => backup)
    const idle = catalog.list().filter(({ server, source }) => !busy.has(`${server}/${source}`))
    return idle.flatMap((backup) =>
      (rows.get(backup.id) ?? []).flatMap((row) => (Date.parse(row.nextAt) <= now ? [{ row, backup }] : [])),
    )
  }

  /** Titles of backups that are being made, whose runs make the copies themselves. */
  #unfinished(): readonly string[] {
    const jobs = this.#parts.jobs.list()
    return jobs.flatMap(({ kind, finishedAt, title }) =>
      kind === 'backup' && finishedAt === null ? [title] : [],
    )
  }

  async #takeOff(): Promise<void> {
    const { catalog, copyQueue } = this.#parts.backupParts
    const backups = new Map(catalog.list().map((backup) => [backup.id, backup]))
    const rows = copyQueue.list()
    for (const { backup, destination } of rows) {
      const made = backups.get(backup)?.copies.some((copy) => copy.destination === destination)
      if (made === true) await copyQueue.remove(backup, destination)
    }
    // What could not be read may hold the backup, and one that is being made is in no list yet.
    if (catalog.unreadable().length > 0 || this.#unfinished().length > 0) return
    const gone = new Set(rows.map(({ backup }) => backup).filter((id) => !backups.has(id)))
    if (gone.size > 0) await copyQueue.forgetBackups(gone)
  }

  /** Null where it was made. A destination that is not there costs no job. */
  async #attempt(row: QueuedRow, backup: Backup, { signal }: Cancellable): Promise<WireError | null> {
    const { backupParts, jobs } = this.#parts
    try {
      await using _ = await backupParts.destinations.connect(row.destination, { signal })
      const { id } = await startCopy(backup, row.destination, this.#parts)
      this.#now = { row, job: id }
      return (await jobs.settled(id)).error
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return signal.aborted ? { code: 'interrupted', message: error.message } : toWire(error)
    } finally {
      this.#now = null
    }
  }
}
