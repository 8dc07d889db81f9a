import type { FileEntryWithStats, Stats } from 'ssh2'
import { AppError, cancellation } from '../../../../shared/errors.ts'
import type { SftpLink } from './link.ts'

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02 §7). Most failures are just `failure`. */
export const sftpStatus = { noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const

/** An answer of the server that says no. */
export class SftpRefusal extends Error {
  readonly status: number

  constructor(status: number, options: { readonly cause: unknown }) {
    super(`SFTP status ${status}`, options)
    this.name = 'SftpRefusal'
    this.status = status
  }
}

/** True for a refusal with this status. */
export function refusedWith(error: unknown, status: keyof typeof sftpStatus): boolean {
  return error instanceof SftpRefusal && error.status === sftpStatus[status]
}

export type Handle = Buffer

/** Free space as the server's file system counts it. */
export interface FileSystemFacts {
  readonly free: number
}

type Done<T> = (error?: Error | null, value?: T) => void

/**
 * The requests of one SFTP session as promises. Each rejects with `SftpRefusal` where the server says no, and with
 * the `AppError` of the link where that broke before the answer came. Requests may run side by side.
 */
export class Remote {
  readonly #link: SftpLink
  readonly #waiting = new Set<(error: AppError) => void>()

  constructor(link: SftpLink) {
    this.#link = link
    link.lost.addEventListener('abort', () => {
      for (const reject of this.#waiting) reject(cancellation(link.lost))
    })
  }

  get isLost(): boolean {
    return this.#link.lost.aborted
  }

  /** Bytes that one `write` may have. */
  get writeSize(): number {
    return this.#link.writeSize
  }

  /** `flags` as of Node's `fs.open`. */
  open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<Handle> {
    return this.#ask((done) => this.#link.sftp.open(path, flags, { mode: 0o600 }, done))
  }

  async close(handle: Handle): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.close(handle, done))
  }

  async write(handle: Handle, bytes: Buffer, position: number): Promise<void> {
    await this.#ask<undefined>((done) =>
      this.#link.sftp.write(handle, bytes, 0, bytes.length, position, (error) => done(error)),
    )
  }

  /** Fewer bytes than asked for may come; none at the end of the file. */
  read(handle: Handle, length: number, position: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length)
    return this.#ask((done) =>
      this.#link.sftp.read(handle, bytes, 0, length, position, (error, count) =>
        done(error, bytes.subarray(0, count)),
      ),
    )
  }

  fstat(handle: Handle): Promise<Stats> {
    return this.#ask((done) => this.#link.sftp.fstat(handle, done))
  }

  /** Of the name itself: links are not followed. Null where there is nothing. */
  async lstat(path: string): Promise<Stats | null> {
    try {
      return await this.#ask((done) => this.#link.sftp.lstat(path, done))
    } catch (error) {
      if (refusedWith(error, 'noSuchFile')) return null
      throw error
    }
  }

  readdir(path: string): Promise<FileEntryWithStats[]> {
    return this.#ask((done) => this.#link.sftp.readdir(path, done))
  }

  async mkdir(path: string): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.mkdir(path, { mode: 0o700 }, done))
  }

  async unlink(path: string): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.unlink(path, done))
  }

  /** The protocol's rename: what it does to an existing name differs between servers. */
  async rename(from: string, to: string): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.rename(from, to, done))
  }

  /** Replaces an existing name in one step. `unsupported` where the server cannot. */
  async replace(from: string, to: string): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.ext_openssh_rename(from, to, done))
  }

  /** Refuses an existing name. `unsupported` where the server cannot. */
  async hardLink(from: string, to: string): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.ext_openssh_hardlink(from, to, done))
  }

  /** Flushes to the disk, where the server can. */
  async sync(handle: Handle): Promise<void> {
    try {
      await this.#ask<undefined>((done) => this.#link.sftp.ext_openssh_fsync(handle, (error) => done(error)))
    } catch (error) {
      if (!refusedWith(error, 'unsupported')) throw error
    }
  }

  /** Gives a file these access and modification times, in seconds. */
  async setTimes(handle: Handle, accessed: number, modified: number): Promise<void> {
    await this.#ask<undefined>((done) => this.#link.sftp.futimes(handle, accessed, modified, done))
  }

  /** `unsupported` where the server cannot say. */
  async fileSystem(path: string): Promise<FileSystemFacts> {
    const facts = await this.#ask<{ f_bavail: number; f_frsize: number }>((done) =>
      this.#link.sftp.ext_openssh_statvfs(path, done),
    )
    return { free: facts.f_bavail * facts.f_frsize }
  }

  #ask<T>(send: (done: Done<T>) => void): Promise<T> {
    const { lost } = this.#link
    return new Promise((resolve, reject) => {
      if (lost.aborted) {
        reject(cancellation(lost))
        return
      }
      this.#waiting.add(reject)
      const done: Done<T> = (error, value) => {
        this.#waiting.delete(reject)
        if (error) reject(this.#explain(error))
        else resolve(value as T)
      }
      try {
        send(done)
      } catch (cause) {
        this.#waiting.delete(reject)
        reject(new SftpRefusal(sftpStatus.unsupported, { cause }))
      }
    })
  }

  #explain(cause: Error): Error {
    const status = 'code' in cause ? cause.code : null
    if (typeof status === 'number') return new SftpRefusal(status, { cause })
    if (this.#link.lost.aborted) return cancellation(this.#link.lost)
    return new AppError(
      'connection-lost',
      'The SFTP session broke before the server answered. What was finished before stays as it was.',
      { cause },
    )
  }
}
