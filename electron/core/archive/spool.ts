import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { PressedSegment } from './segment-press.ts'

export interface SpoolOptions {
  /** A folder of this computer for the part that memory does not hold. */
  readonly folder: string
  /** Bytes kept in memory; default 32 MiB. */
  readonly memory?: number
}

interface Sealed {
  readonly position: number
  readonly length: number
  readonly tarLength: number
  readonly crc32: number
}

const tagLength = 16

/**
 * Keeps the finished segments of an entry whose size is not yet known: the first 32 MiB in memory, the rest in a
 * file of mode 0600 that has no name (on Windows: a random one until it is closed), sealed with AES-256-GCM under
 * a key that exists only here. Errors: `no-space`, `write-failed`, and `corrupt` where the file does not give back
 * what was written.
 */
export class Spool implements AsyncDisposable {
  readonly #folder: string
  readonly #memory: number
  readonly #key = randomBytes(32)
  readonly #kept: PressedSegment[] = []
  readonly #sealed: Sealed[] = []
  #keptBytes = 0
  #position = 0
  #file: FileHandle | null = null
  #named: string | null = null

  constructor(options: SpoolOptions) {
    this.#folder = options.folder
    this.#memory = options.memory ?? 32 * 1024 * 1024
  }

  /** Bytes in the file. */
  get fileSize(): number {
    return this.#position
  }

  /** Adds a segment behind the others; one at a time. */
  async add(segment: PressedSegment): Promise<void> {
    const { data, tarLength, crc32 } = segment
    if (this.#sealed.length === 0 && this.#keptBytes + data.length <= this.#memory) {
      this.#kept.push({ data: trimmed(data), tarLength, crc32 })
      this.#keptBytes += data.length
      return
    }
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(this.#sealed.length))
    const bytes = Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()])
    await this.#write(bytes)
    this.#sealed.push({ position: this.#position, length: data.length, tarLength, crc32 })
    this.#position += bytes.length
  }

  /** All segments in order. */
  async *segments(): AsyncGenerator<PressedSegment, void, undefined> {
    yield* this.#kept
    for (const [number, sealed] of this.#sealed.entries()) {
      const bytes = await this.#read(sealed)
      const data = unseal(bytes, this.#key, nonce(number))
      yield { data, tarLength: sealed.tarLength, crc32: sealed.crc32 }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#key.fill(0)
    this.#kept.length = 0
    const file = this.#file
    this.#file = null
    await file?.close()
    if (this.#named !== null) await rm(this.#named, { force: true })
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      this.#file ??= await this.#create()
      for (let at = 0; at < bytes.length;) {
        at += (await this.#file.write(bytes, at, bytes.length - at, this.#position + at)).bytesWritten
      }
    } catch (cause) {
      throw spoolError(cause, this.#folder)
    }
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

  async #read({ position, length }: Sealed): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length + tagLength)
    const read = await this.#file?.read(bytes, 0, bytes.length, position)
    if (read?.bytesRead !== bytes.length) throw damaged()
    return bytes
  }
}

/** Sealing under a fresh key for each spool lets a counter serve as nonce. */
function nonce(number: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUIntBE(number, 6, 6)
  return bytes
}

function unseal(bytes: Buffer, key: Buffer, iv: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv)
  const end = bytes.length - tagLength
  decipher.setAuthTag(bytes.subarray(end))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()])
  } catch (cause) {
    throw damaged(cause)
  }
}

/** A copy where the bytes would keep much more memory than they need. */
function trimmed(data: Buffer): Buffer {
  return data.buffer.byteLength > data.length * 1.25 ? Buffer.from(data) : data
}

function damaged(cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    'A dump that was kept on this computer for a moment came back damaged; it is left out of the backup. Check the disk.',
    { cause },
  )
}

function spoolError(cause: unknown, folder: string): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError(
      'no-space',
      `There is no space left in ${folder} to hold a dump until it is complete; what was backed up before stays. Free some space and run the backup again.`,
      { cause, details: { folder } },
    )
  }
  return new AppError(
    'write-failed',
    `A dump cannot be kept in ${folder} until it is complete; what was backed up before stays. Check that folder.`,
    { cause, details: { folder } },
  )
}
