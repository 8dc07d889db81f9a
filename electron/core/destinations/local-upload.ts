import { rm, stat, type FileHandle } from 'node:fs/promises'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import { writeFully } from '../store/durable.ts'
import { errnoOf } from '../store/file-error.ts'
import type { CommittedObject, Key, Upload } from './destination.ts'
import type { LocalPlace } from './local-place.ts'
import { publish } from './publish.ts'

/** How many bytes may go out before the disk's presence is checked again. */
const checkEvery = 64 * 1024 * 1024

/** An exclusively created file that is not visible under its key yet. */
export interface PartialFile {
  readonly path: string
  readonly handle: FileHandle
}

/** Whether the path still names the file that was opened, and not one that somebody put in its place. */
async function isStillOurs({ path, handle }: PartialFile): Promise<boolean> {
  const ours = await handle.stat({ bigint: true })
  try {
    const there = await stat(path, { bigint: true })
    return there.dev === ours.dev && there.ino === ours.ino
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Closes and removes the file where it is still ours. Never throws: what cannot be removed stays listed. */
export async function discard(file: PartialFile): Promise<void> {
  try {
    if (await isStillOurs(file)) await rm(file.path, { force: true })
  } catch {
    // The disk is gone or failing; the file is a leftover that `list` shows.
  }
  await file.handle.close().catch(() => undefined)
}

/** Writes into `file` and publishes it under `key` at the end. After a failure only `abort` is left. */
export class LocalUpload implements Upload {
  readonly #place: LocalPlace
  readonly #key: Key
  readonly #file: PartialFile
  readonly #signal: AbortSignal
  #written = 0
  #checkAt = checkEvery
  #failure: AppError | null = null
  #ended = false

  constructor(place: LocalPlace, key: Key, file: PartialFile, { signal }: { readonly signal: AbortSignal }) {
    this.#place = place
    this.#key = key
    this.#file = file
    this.#signal = signal
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      await writeFully(this.#file.handle, chunk)
      this.#written += chunk.byteLength
      if (this.#written < this.#checkAt) return
      this.#checkAt = this.#written + checkEvery
      await this.#place.ensurePresent()
    })
  }

  async commit(): Promise<CommittedObject> {
    return this.#guarded(async () => {
      const { handle, path } = this.#file
      await handle.sync()
      const { size, mtime } = await handle.stat()
      if (size !== this.#written) {
        throw new AppError(
          'write-failed',
          `${this.#key} has ${size} bytes on disk instead of ${this.#written}. It does not count as stored: check the disk.`,
        )
      }
      await this.#place.ensurePresent()
      if (!(await isStillOurs(this.#file))) {
        throw new AppError(
          'conflict',
          `Somebody removed the unfinished ${this.#key} while it was written. Finished backups are unchanged: try again.`,
        )
      }
      throwIfCancelled(this.#signal)
      await publish(path, this.#place.path(this.#key))
      this.#ended = true
      await handle.close()
      return { key: this.#key, size, modified: mtime, confirmed: false }
    })
  }

  async abort(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await discard(this.#file)
  }

  /** Runs one step; the first failure is final, because bytes behind a failed write or flush cannot be trusted. */
  async #guarded<T>(step: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new AppError('internal', `The upload of ${this.#key} has ended already.`)
    if (this.#failure !== null) throw this.#failure
    try {
      throwIfCancelled(this.#signal)
      return await step()
    } catch (error) {
      this.#failure = this.#signal.aborted
        ? cancellation(this.#signal)
        : await this.#place.explain(error, `Could not store ${this.#key}`)
      throw this.#failure
    }
  }
}
