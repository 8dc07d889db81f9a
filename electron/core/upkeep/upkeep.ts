import { AppError, toWire } from '../../../shared/errors.ts'
import type { UpkeepReport } from '../../../shared/schedule-contract.ts'
import type { CopyParts } from '../backups/copy-backup.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { Log } from '../ports.ts'
import { QueuedCopies } from './queued-copies.ts'
import { ReadBacks } from './read-backs.ts'

interface Parts {
  readonly dataFolder: string
  readonly backupParts: CopyParts
  readonly jobs: JobQueue
  readonly log: Log
}

/** Between two looks. */
const pause = 60_000

/** What the owner of the data folder does for copies by itself: makes those that are missing, reads others back. */
export class Upkeep implements AsyncDisposable {
  readonly #parts: Parts
  readonly #copies: QueuedCopies
  readonly #readBacks: ReadBacks
  readonly #stop = new AbortController()
  #working: Promise<UpkeepReport> | null = null

  private constructor(parts: Parts, readBacks: ReadBacks) {
    this.#parts = parts
    this.#copies = new QueuedCopies(parts)
    this.#readBacks = readBacks
  }

  static async open(parts: Parts): Promise<Upkeep> {
    return new Upkeep(parts, await ReadBacks.open(parts.dataFolder, parts, parts))
  }

  /** Does what is due and resolves when that has ended; a second caller waits for the first. */
  work(): Promise<UpkeepReport> {
    this.#working ??= this.#work().finally(() => (this.#working = null))
    return this.#working
  }

  get busy(): boolean {
    return this.#working !== null
  }

  /** Resolves when nothing is under way. Never throws. */
  async idle(): Promise<void> {
    await this.#working?.catch(() => undefined)
  }

  /** Ends trying to make copies of a backup, all or the one at a destination. */
  abandon(backup: string, destination: string | null): Promise<void> {
    return this.#copies.abandon(backup, destination)
  }

  /** Works again and again until the signal ends it. For a host that stays. */
  async watch({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { backupParts, log } = this.#parts
    const ended = AbortSignal.any([signal, this.#stop.signal])
    while (!ended.aborted) {
      try {
        await this.work()
      } catch (error) {
        const text = error instanceof AppError ? toWire(error).message : String(error)
        log.write('error', 'Copies could not be looked after', { error: text })
      }
      await backupParts.clock.sleep(pause, { signal: ended }).catch(() => undefined)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.idle()
  }

  async #work(): Promise<UpkeepReport> {
    const { signal } = this.#stop
    const copies = [...(await this.#copies.tryDue({ signal }))]
    return { copies, readBacks: [...(await this.#readBacks.readDue({ signal }))] }
  }
}
