import { SealedFile } from '../store/sealed-file.ts'
import type { PressedSegment } from './segment-press.ts'

export interface SpoolOptions {
  /** A folder of this computer for the part that memory does not hold. */
  readonly folder: string
  /** Bytes kept in memory; default 32 MiB. */
  readonly memory?: number
}

/**
 * Keeps the finished segments of an entry whose size is not yet known: the first 32 MiB in memory, the rest in a
 * sealed file. Errors as of `SealedFile`.
 */
export class Spool implements AsyncDisposable {
  readonly #memory: number
  readonly #file: SealedFile
  readonly #kept: PressedSegment[] = []
  readonly #sealed: Omit<PressedSegment, 'data'>[] = []
  #keptBytes = 0

  constructor({ folder, memory = 32 * 1024 * 1024 }: SpoolOptions) {
    this.#memory = memory
    this.#file = new SealedFile({ folder, what: 'a dump' })
  }

  /** Bytes in the file. */
  get fileSize(): number {
    return this.#file.size
  }

  /** Adds a segment behind the others; one at a time. */
  async add({ data, ...facts }: PressedSegment): Promise<void> {
    if (this.#sealed.length === 0 && this.#keptBytes + data.length <= this.#memory) {
      this.#kept.push({ data: trimmed(data), ...facts })
      this.#keptBytes += data.length
      return
    }
    await this.#file.add(data)
    this.#sealed.push(facts)
  }

  /** All segments in order. */
  async *segments(): AsyncGenerator<PressedSegment, void, undefined> {
    yield* this.#kept
    for (const [number, facts] of this.#sealed.entries())
      yield { data: await this.#file.read(number), ...facts }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.length = 0
    await this.#file[Symbol.asyncDispose]()
  }
}

/** A copy where the bytes would keep much more memory than they need. */
function trimmed(data: Buffer): Buffer {
  return data.buffer.byteLength > data.length * 1.25 ? Buffer.from(data) : data
}
