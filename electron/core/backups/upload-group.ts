import { AppError } from '../../../shared/errors.ts'
import type { Recipient } from '../archive/seal/age-key.ts'
import { Sealer, type Sealed } from '../archive/seal/sealer.ts'
import type { Destination, Key, Upload } from '../destinations/destination.ts'
import type { Encryption } from '../encryption/encryption.ts'
import type { SpaceRules } from '../ports.ts'
import { requireFloor } from './space.ts'
import { keysOf } from './stored-backup.ts'

/** One destination of a run, where this archive lies there, and whether it still takes part. */
export interface UploadTarget {
  readonly destination: Destination
  readonly stem: Key
  /** Whom the copy there is encrypted for; null: it is not encrypted. */
  readonly recipients: readonly Recipient[] | null
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
  readonly encryption: Pick<Encryption, 'thread'>
  readonly signal: AbortSignal
}

const isSealed = ({ recipients }: UploadTarget): boolean => recipients !== null
const isPlain = ({ recipients }: UploadTarget): boolean => recipients === null
const isAny = (): boolean => true

/**
 * One archive on its way to several destinations, encrypted once for those that want it so. One that fails drops out and is told at the end; the last one
 * that fails fails the archive. A destination that runs low on space fails before it is full.
 */
export class UploadGroup implements AsyncDisposable {
  readonly #uploads = new Map<UploadTarget, Upload>()
  readonly lost: LostTarget[] = []
  readonly #options: Options
  #sealer: Sealer | null = null
  #unlooked = 0

  private constructor(options: Options) {
    this.#options = options
  }

  /**
   * Opens an upload of `<stem>.tar.gz`, or `.tar.gz.age`, at each target. All that are encrypted are for the same
   * recipients. Throws where none could be opened.
   */
  static async open(targets: readonly UploadTarget[], options: Options): Promise<UploadGroup> {
    const group = new UploadGroup(options)
    await group.#openSealer(targets)
    for (const target of targets) {
      try {
        group.#uploads.set(target, await group.#create(target))
      } catch (error) {
        group.#drop(target, error)
      }
    }
    return group
  }

  /** Whether nobody may read any of the copies back: the archive must be proven while it is written. */
  get confirmsAll(): boolean {
    return [...this.#uploads.keys()].every(({ destination }) => destination.capabilities.confirms)
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#unlooked += chunk.byteLength
    const looks = this.#unlooked >= this.#options.space.lookEvery
    if (looks) this.#unlooked = 0
    if (looks) await this.#each(isAny, (_, { destination }) => requireFloor(destination, this.#options))
    const plain = this.#each(isPlain, (upload) => upload.write(chunk))
    const sealed = this.#sealedLeft ? this.#sealer?.write(chunk) : undefined
    for (const ended of await Promise.allSettled([plain, sealed])) {
      if (ended.status === 'rejected') throw ended.reason
    }
  }

  /**
   * Makes the archive visible wherever it was written whole. `stored` says of each whether the destination confirmed
   * it by checksums; those that did not come first. `sealed`: what is stored where it is encrypted, or null where it is
   * nowhere.
   */
  async commit(): Promise<{
    readonly stored: ReadonlyMap<UploadTarget, boolean>
    readonly sealed: Sealed | null
  }> {
    const sealed = this.#sealedLeft ? ((await this.#sealer?.finish()) ?? null) : null
    const stored = new Map<UploadTarget, boolean>()
    await this.#each(isAny, async (upload, target) => {
      stored.set(target, (await upload.commit()).confirmed)
    })
    return { stored: new Map([...stored].sort(([, a], [, b]) => Number(a) - Number(b))), sealed }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sealer?.[Symbol.dispose]()
    for (const upload of this.#uploads.values()) await upload.abort()
  }

  get #sealedLeft(): boolean {
    return [...this.#uploads.keys()].some(isSealed)
  }

  async #openSealer(targets: readonly UploadTarget[]): Promise<void> {
    const recipients = targets.find(isSealed)?.recipients ?? null
    if (recipients === null) return
    const sink = (bytes: Buffer) => this.#each(isSealed, (upload) => upload.write(bytes))
    this.#sealer = await Sealer.open(recipients, { thread: this.#options.encryption.thread, sink })
  }

  #create(target: UploadTarget): Promise<Upload> {
    const { size, signal } = this.#options
    const sealed = isSealed(target)
    const expected = size === null || !sealed ? size : (this.#sealer?.sealedSize(size) ?? size)
    return target.destination.create(keysOf(target.stem, { sealed }).archive, { signal, size: expected })
  }

  async #each(
    which: (target: UploadTarget) => boolean,
    act: (upload: Upload, target: UploadTarget) => Promise<unknown>,
  ): Promise<void> {
    const chosen = [...this.#uploads].filter(([target]) => which(target))
    const acts = chosen.map(async ([target, upload]) => {
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
