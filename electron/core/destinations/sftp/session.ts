import { AppError, cancellation, throwIfCancelled } from '../../../../shared/errors.ts'
import type { Clock } from '../../ports.ts'
import type { Throttle } from '../../throttle.ts'
import { retrying, type Patience } from '../retry.ts'
import type { OpenSftp, SftpLink, SftpProfile } from './link.ts'
import { refusedWith, Remote, SftpRefusal } from './remote.ts'

export interface SftpSessionOptions {
  readonly open: OpenSftp
  readonly clock: Pick<Clock, 'sleep'>
  readonly patience: Patience
  readonly throttle: Throttle | null
}

/** Less than this is a full disk, in bytes: what is left is the last piece of a block that nobody can have. */
const full = 1024 * 1024

type Cancellable = { readonly signal: AbortSignal }

/** The way to one SFTP server, opened again where it broke. */
export class SftpSession implements AsyncDisposable {
  readonly profile: SftpProfile
  readonly #options: SftpSessionOptions
  readonly #ended = new AbortController()
  #opening: Promise<{ readonly link: SftpLink; readonly remote: Remote }> | null = null

  constructor(profile: SftpProfile, options: SftpSessionOptions) {
    this.profile = profile
    this.#options = options
  }

  /** Path of a key on the server; of the destination's folder without one. */
  path(key?: string): string {
    const folder = this.profile.folder === '/' ? '' : this.profile.folder
    return key === undefined ? this.profile.folder : `${folder}/${key}`
  }

  /** The open session, or a new one where there is none or the last was lost. Throws as a login does. */
  async remote(): Promise<Remote> {
    const last = this.#opening
    if (last !== null) {
      const open = await last.catch(() => null)
      if (open !== null && !open.remote.isLost) return open.remote
      if (this.#opening === last) this.#opening = null
    }
    throwIfCancelled(this.#ended.signal)
    this.#opening ??= this.#open()
    return (await this.#opening).remote
  }

  /**
   * Runs a step that may be repeated from its beginning, on a new connection where the old one broke.
   * @throws the `AppError` of what the server refused: see `explain`
   */
  async run<T>(action: string, step: (remote: Remote) => Promise<T>, { signal }: Cancellable): Promise<T> {
    return this.#explained(action, { signal }, () =>
      retrying(async () => until(signal, step(await this.remote())), { ...this.#options, signal }),
    )
  }

  /** The same for a step that must not be repeated: where the connection breaks in it, it has failed. */
  async once<T>(action: string, step: (remote: Remote) => Promise<T>, { signal }: Cancellable): Promise<T> {
    return this.#explained(action, { signal }, async () => step(await this.remote()))
  }

  /** Waits as the destination's limit says, before so many bytes go either way. */
  async limit(bytes: number, options: Cancellable): Promise<void> {
    await this.#options.throttle?.take(bytes, options)
  }

  /** Bytes free for this login, or null where the server does not say. */
  async free(remote: Remote): Promise<number | null> {
    try {
      return (await remote.fileSystem(this.path())).free
    } catch (error) {
      if (error instanceof SftpRefusal) return null
      throw error
    }
  }

  /** What a refusal means: `permission-denied`, `no-space`, `not-found`, `unreachable`, else `write-failed`. */
  async explain(error: unknown, action: string): Promise<AppError> {
    const { name } = this.profile
    const kept = 'Finished backups there are unchanged.'
    if (error instanceof AppError) {
      if (error.code !== 'connection-lost') return error
      return new AppError('unreachable', `${action}: the connection to ${name} broke. ${kept} Try again.`, {
        cause: error,
      })
    }
    if (!(error instanceof SftpRefusal)) throw error
    if (refusedWith(error, 'permissionDenied')) {
      return new AppError(
        'permission-denied',
        `${action}: ${this.profile.user} may not do that in ${this.path()} at ${name}. ${kept} Check the owner and mode of the folder.`,
        { cause: error },
      )
    }
    if (refusedWith(error, 'noSuchFile')) {
      return new AppError('not-found', `${action}: it is not there at ${name}. ${kept}`, { cause: error })
    }
    const free = await this.remote()
      .then((remote) => this.free(remote))
      .catch(() => null)
    if (free !== null && free < full) {
      return new AppError(
        'no-space',
        `${action}: the disk of ${name} is full. ${kept} Free some space there.`,
        {
          cause: error,
        },
      )
    }
    return new AppError(
      'write-failed',
      `${action}: ${name} refused without a reason. ${kept} Check the quota and the disk there.`,
      { cause: error, details: { status: error.status } },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new AppError('internal', `The destination ${this.profile.name} was closed.`))
    const open = await this.#opening?.catch(() => null)
    await open?.link[Symbol.asyncDispose]()
  }

  async #open() {
    const link = await this.#options.open(this.profile, { signal: this.#ended.signal })
    return { link, remote: new Remote(link) }
  }

  async #explained<T>(action: string, { signal }: Cancellable, step: () => Promise<T>): Promise<T> {
    throwIfCancelled(signal)
    try {
      return await step()
    } catch (error) {
      throwIfCancelled(signal)
      throw await this.explain(error, action)
    }
  }
}

/** The promise, or the signal's error where that comes first. */
async function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const cancelled = Promise.withResolvers<never>()
  const abort = () => cancelled.reject(cancellation(signal))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, cancelled.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
