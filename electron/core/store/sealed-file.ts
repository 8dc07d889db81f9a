import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { errnoOf } from './file-error.ts'

const tagLength = 16

interface Place {
  readonly position: number
  readonly length: number
}

/**
 * Pieces of bytes that wait on this computer's disk, in a file of mode 0600 that has no name (on Windows: a random one
 * until it is closed), each sealed with AES-256-GCM under a key that exists only here. One call at a time. Errors:
 * `no-space`, `write-failed`, and `corrupt` where the file does not give back what was written.
 */
export class SealedFile implements AsyncDisposable {
  readonly #folder: string
  readonly #what: string
  readonly #key = randomBytes(32)
  readonly #places: Place[] = []
  #position = 0
  #file: FileHandle | null = null
  #named: string | null = null

  /** @param options.what what the pieces are, for sentences: `a dump` */
  constructor({ folder, what }: { readonly folder: string; readonly what: string }) {
    this.#folder = folder
    this.#what = what
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#position
  }

  /** Pieces that were added. */
  get pieces(): number {
    return this.#places.length
  }

  async add(piece: Uint8Array): Promise<void> {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(this.#places.length))
    const bytes = Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()])
    try {
      this.#file ??= await this.#create()
      for (let at = 0; at < bytes.length;) {
        at += (await this.#file.write(bytes, at, bytes.length - at, this.#position + at)).bytesWritten
      }
    } catch (cause) {
      throw this.#failed(cause)
    }
    this.#places.push({ position: this.#position, length: piece.byteLength })
    this.#position += bytes.length
  }

  /** A piece by its number, from 0. */
  async read(number: number): Promise<Buffer> {
    const place = this.#places[number]
    if (place === undefined) throw new AppError('internal', `There is no piece ${number} in a sealed file.`)
    const bytes = Buffer.allocUnsafe(place.length + tagLength)
    const read = await this.#file?.read(bytes, 0, bytes.length, place.position)
    if (read?.bytesRead !== bytes.length) throw this.#damaged()
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce(number))
    decipher.setAuthTag(bytes.subarray(place.length))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, place.length)), decipher.final()])
    } catch (cause) {
      throw this.#damaged(cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#key.fill(0)
    const file = this.#file
    this.#file = null
    await file?.close()
    if (this.#named !== null) await rm(this.#named, { force: true })
  }

  async #create(): Promise<FileHandle> {
    const path = join(this.#folder, `.spool-${randomBytes(8).toString('hex')}`)
    const { O_RDWR, O_CREAT, O_EXCL } = constants
    const file = await open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    this.#named = path
    if (process.platform !== 'win32') {
      await rm(path)
      this.#named = null
    }
    return file
  }

  #damaged(cause?: unknown): AppError {
    return new AppError(
      'corrupt',
      `What was kept of ${this.#what} on this computer for a moment came back damaged, so it is not used. Check the disk.`,
      { cause },
    )
  }

  #failed(cause: unknown): AppError {
    const [folder, what] = [this.#folder, this.#what]
    const code = errnoOf(cause)
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
      return new AppError(
        'no-space',
        `There is no space left in ${folder} to hold ${what} until it is complete; what was backed up before stays. Free some space and run the backup again.`,
        { cause, details: { folder } },
      )
    }
    return new AppError(
      'write-failed',
      `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} cannot be kept in ${folder} until it is complete; what was backed up before stays. Check that folder.`,
      { cause, details: { folder } },
    )
  }
}

/** Sealing under a fresh key for each file lets a counter serve as nonce. */
function nonce(number: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUIntBE(number, 6, 6)
  return bytes
}
