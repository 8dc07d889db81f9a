import { release } from '../../release.ts'
import type { Recipient } from './age-key.ts'
import { sealStart, type SealStart } from './age-header.ts'
import { chunkSize, sealedChunkSize } from './chunk-cipher.ts'
import type { CipherThread } from './cipher-thread.ts'

/** Plain bytes that are sealed at a time; whole chunks. */
const blockSize = 16 * chunkSize
/** Blocks that are sealed while the sink takes those before them. */
const ahead = 2

/** What was stored. */
export interface Sealed {
  readonly size: number
  /** SHA-256 in hex. */
  readonly sha256: string
}

type SealedBlock = Awaited<ReturnType<CipherThread['seal']>>

/**
 * Encrypts a stream for its recipients on its way to a sink, off this thread. What went in and was not finished is no
 * age file: the last chunk goes out with `finish` alone. Dispose of it in any case; the sink stays the caller's.
 */
export class Sealer implements Disposable {
  readonly #thread: CipherThread
  readonly #sink: (bytes: Buffer) => Promise<void>
  readonly #start: SealStart
  readonly #stream: number
  readonly #waiting: Promise<SealedBlock>[] = []
  #block = Buffer.allocUnsafeSlow(blockSize)
  #filled = 0
  #chunks = 0
  #size = 0

  private constructor(start: SealStart, thread: CipherThread, sink: (bytes: Buffer) => Promise<void>) {
    this.#start = start
    this.#thread = thread
    this.#sink = sink
    this.#stream = thread.begin(start.start)
  }

  static async open(
    recipients: readonly Recipient[],
    options: { readonly thread: CipherThread; readonly sink: (bytes: Buffer) => Promise<void> },
  ): Promise<Sealer> {
    return new Sealer(await sealStart(recipients), options.thread, options.sink)
  }

  /** Bytes that so many plain ones are stored as. */
  sealedSize(plain: number): number {
    const chunks = Math.max(1, Math.ceil(plain / chunkSize))
    return this.#start.start.length + plain + chunks * (sealedChunkSize - chunkSize)
  }

  /** Resolves when more can be taken. The bytes stay the caller's. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#filled === blockSize) await this.#seal(false)
      const taken = Math.min(blockSize - this.#filled, bytes.length - at)
      this.#block.set(bytes.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
    }
  }

  /** Writes the end. */
  async finish(): Promise<Sealed> {
    await this.#seal(true)
    let sha256: string | null = null
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      sha256 = await this.#pass(await next)
    }
    return { size: this.#size, sha256: sha256 ?? '' }
  }

  [Symbol.dispose](): void {
    this.#thread.forget(this.#stream)
    for (const waiting of this.#waiting) waiting.catch(() => undefined)
  }

  async #seal(last: boolean): Promise<void> {
    const data = this.#block.subarray(0, this.#filled)
    const run = { key: this.#start.key, first: this.#chunks, last, data }
    this.#block = Buffer.allocUnsafeSlow(last ? 0 : blockSize)
    this.#chunks += blockSize / chunkSize
    this.#filled = 0
    this.#waiting.push(this.#thread.seal(this.#stream, run))
    if (this.#waiting.length <= ahead) return
    const next = await this.#waiting.shift()
    if (next !== undefined) await this.#pass(next)
  }

  async #pass({ data, sha256 }: SealedBlock): Promise<string | null> {
    if (this.#size === 0) {
      await this.#sink(this.#start.start)
      this.#size = this.#start.start.length
    }
    this.#size += data.length
    await this.#sink(data)
    release(data)
    return sha256
  }
}
