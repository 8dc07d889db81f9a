import { AppError, cancellation, throwIfCancelled } from '../../../../shared/errors.ts'
import type { CommittedObject, Key, Upload } from '../destination.ts'
import { BlockWriter } from './block-writer.ts'
import { discardPartial, isStillOurs, type PartialFile } from './partial.ts'
import { requireSftpPlace } from './place.ts'
import { publishRemote } from './publish.ts'
import type { Remote } from './remote.ts'
import type { SftpSession } from './session.ts'

type Cancellable = { readonly signal: AbortSignal }

/** Writes into `file` and publishes it under `key` at the end. After a failure only `abort` is left. */
export class SftpUpload implements Upload {
  readonly #session: SftpSession
  readonly #key: Key
  readonly #blocks: BlockWriter
  readonly #signal: AbortSignal
  #failure: AppError | null = null
  #ended = false

  constructor(session: SftpSession, key: Key, file: PartialFile, { signal }: Cancellable) {
    this.#session = session
    this.#key = key
    this.#blocks = new BlockWriter(file)
    this.#signal = signal
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      await this.#session.limit(chunk.byteLength, { signal: this.#signal })
      // What was taken over before the connection broke must not be given twice.
      const before = this.#blocks.size
      await this.#overBreaks(() => this.#blocks.write(chunk.subarray(this.#blocks.size - before)))
    })
  }

  async commit(): Promise<CommittedObject> {
    return this.#guarded(async () => {
      await this.#overBreaks(async () => {
        await this.#blocks.flush()
        const { remote, handle } = this.#blocks.file
        await remote.sync(handle)
      })
      const facts = await this.#overBreaks(async () =>
        this.#blocks.file.remote.fstat(this.#blocks.file.handle),
      )
      if (facts.size !== this.#blocks.size) {
        throw new AppError(
          'write-failed',
          `${this.#key} has ${facts.size} bytes at ${this.#session.profile.name} instead of ${this.#blocks.size}. It does not count as stored: check the disk there.`,
        )
      }
      await this.#publish()
      this.#ended = true
      await this.#blocks.file.remote.close(this.#blocks.file.handle).catch(() => undefined)
      const modified = new Date(facts.mtime * 1000)
      return { key: this.#key, size: facts.size, modified, confirmed: false }
    })
  }

  async abort(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    const { file } = this.#blocks
    if (!file.remote.isLost) {
      await discardPartial(file)
      return
    }
    try {
      await discardPartial(await this.#reopen(await this.#session.remote()))
    } catch {
      // Nobody can look now; the file is a leftover that `list` shows.
    }
  }

  async #publish(): Promise<void> {
    const to = this.#session.path(this.#key)
    let published = false
    await this.#overBreaks(async () => {
      const { file } = this.#blocks
      const { remote } = file
      // The answer to an earlier try may have been lost.
      if (published && (await remote.lstat(file.path)) === null) {
        if ((await remote.lstat(to))?.size === this.#blocks.size) return
      }
      await requireSftpPlace(this.#session, remote)
      if (!(await isStillOurs(file))) throw this.#removed()
      throwIfCancelled(this.#signal)
      published = true
      await publishRemote(this.#session, remote, file.path, to)
    })
  }

  /** Runs a step, and again after the connection broke in it and the same file was opened over a new one. */
  async #overBreaks<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await step()
      } catch (error) {
        if (!this.#blocks.file.remote.isLost) throw error
        const file = await this.#session.run(
          `Could not go on with ${this.#key}`,
          (remote) => this.#reopen(remote),
          {
            signal: this.#signal,
          },
        )
        await this.#blocks.resume(file)
      }
    }
  }

  /** Opens the unfinished file again. Throws `conflict` where it is not what was written. */
  async #reopen(remote: Remote): Promise<PartialFile> {
    const { path, marked } = this.#blocks.file
    if ((await remote.lstat(path)) === null) {
      const published = await remote.lstat(this.#session.path(this.#key))
      if (published === null) throw this.#removed()
      // It may be published already: `#publish` looks at that.
      return { path, remote, marked, handle: await remote.open(this.#session.path(this.#key), 'r') }
    }
    const handle = await remote.open(path, 'r+')
    const { head, confirmed } = this.#blocks
    const { size } = await remote.fstat(handle)
    const known = Math.min(head.length, size)
    const there = known === 0 ? Buffer.alloc(0) : await remote.read(handle, known, 0)
    if (size >= confirmed && there.equals(head.subarray(0, known))) return { path, remote, handle, marked }
    await remote.close(handle).catch(() => undefined)
    throw this.#removed()
  }

  #removed(): AppError {
    return new AppError(
      'conflict',
      `Somebody removed the unfinished ${this.#key} while it was written. Finished backups are unchanged: try again.`,
    )
  }

  /** Runs one step; the first failure is final. */
  async #guarded<T>(step: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new AppError('internal', `The upload of ${this.#key} has ended already.`)
    if (this.#failure !== null) throw this.#failure
    try {
      throwIfCancelled(this.#signal)
      return await step()
    } catch (error) {
      this.#failure = this.#signal.aborted
        ? cancellation(this.#signal)
        : await this.#session.explain(error, `Could not store ${this.#key}`)
      throw this.#failure
    }
  }
}
