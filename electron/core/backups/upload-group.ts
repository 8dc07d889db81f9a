import { AppError } from '../../../shared/errors.ts'
import type { Destination, Key, StoredObject, Upload } from '../destinations/destination.ts'
import type { SpaceRules } from '../ports.ts'
import { requireFloor } from './space.ts'

/** One destination of a run, where this archive lies there, and whether it still takes part. */
export interface UploadTarget {
  readonly destination: Destination
  readonly stem: Key
}

/** A target that dropped out, with the reason. */
export interface LostTarget {
  readonly target: UploadTarget
  readonly error: AppError
}

interface Options {
  readonly space: SpaceRules
  /** Bytes that the archive is expected to have, or null. */
  readonly size: number | null
  readonly signal: AbortSignal
}

/**
 * One archive on its way to several destinations. One that fails drops out and is told at the end; the last one
 * that fails fails the archive. A destination that runs low on space fails before it is full.
 */
export class UploadGroup implements AsyncDisposable {
  readonly #uploads = new Map<UploadTarget, Upload>()
  readonly lost: LostTarget[] = []
  readonly #options: Options
  #unlooked = 0

  private constructor(options: Options) {
    this.#options = options
  }

  /** Opens an upload of `<stem>.tar.gz` at each target. Throws where none could be opened. */
  static async open(targets: readonly UploadTarget[], options: Options): Promise<UploadGroup> {
    const group = new UploadGroup(options)
    for (const target of targets) {
      try {
        group.#uploads.set(target, await target.destination.create(`${target.stem}.tar.gz`, options))
      } catch (error) {
        group.#drop(target, error)
      }
    }
    return group
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#unlooked += chunk.byteLength
    const looks = this.#unlooked >= this.#options.space.lookEvery
    if (looks) this.#unlooked = 0
    await this.#each(async (upload, { destination }) => {
      if (looks) await requireFloor(destination, this.#options)
      await upload.write(chunk)
    })
  }

  /** Makes the archive visible wherever it was written whole. */
  async commit(): Promise<ReadonlyMap<UploadTarget, StoredObject>> {
    const stored = new Map<UploadTarget, StoredObject>()
    await this.#each(async (upload, target) => {
      stored.set(target, await upload.commit())
    })
    return stored
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const upload of this.#uploads.values()) await upload.abort()
  }

  async #each(act: (upload: Upload, target: UploadTarget) => Promise<void>): Promise<void> {
    const acts = [...this.#uploads].map(async ([target, upload]) => {
      try {
        await act(upload, target)
      } catch (error) {
        await upload.abort()
        this.#drop(target, error)
      }
    })
    await Promise.all(acts)
  }

  #drop(target: UploadTarget, error: unknown): void {
    this.#uploads.delete(target)
    if (!(error instanceof AppError)) throw error
    this.lost.push({ target, error })
    if (this.#uploads.size === 0 || error.code === 'cancelled') throw error
  }
}
