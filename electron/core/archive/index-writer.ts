import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createGzip } from 'node:zlib'

/** Takes bytes in order; resolves when it can take more. */
export type Sink = (chunk: Uint8Array) => Promise<void>

const batchSize = 64 * 1024

/** Gzips the lines of an index into a sink while they come. Nothing is kept but a batch of lines. */
export class IndexWriter implements AsyncDisposable {
  readonly #gzip = createGzip({ level: 6, memLevel: 9 })
  readonly #pumped: Promise<{ size: number; sha256: string }>
  #batch = ''
  #failure: { readonly error: unknown } | null = null

  constructor(sink: Sink) {
    this.#pumped = this.#pump(sink)
    this.#pumped.catch((error: unknown) => {
      this.#failure = { error }
    })
  }

  /** True where the sink lags behind or has failed, and the caller should wait for `ready`. */
  get full(): boolean {
    return this.#failure !== null || this.#gzip.writableNeedDrain
  }

  /** Adds one line, newline included. */
  line(text: string): void {
    this.#batch += text
    if (this.#batch.length >= batchSize) this.#flush()
  }

  /** Resolves when the sink has caught up; rejects with what the sink rejected with. */
  async ready(): Promise<void> {
    if (!this.#failure && this.#gzip.writableNeedDrain) {
      await Promise.race([once(this.#gzip, 'drain'), this.#pumped])
    }
    if (this.#failure) throw this.#failure.error
  }

  /** Ends the index. Resolves to the facts of its gzipped bytes when the sink took the last of them. */
  async finish(): Promise<{ size: number; sha256: string }> {
    this.#flush()
    this.#gzip.end()
    return this.#pumped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gzip.destroy()
    await this.#pumped.catch(() => undefined)
  }

  #flush(): void {
    if (this.#batch !== '') this.#gzip.write(this.#batch)
    this.#batch = ''
  }

  async #pump(sink: Sink): Promise<{ size: number; sha256: string }> {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of this.#gzip as AsyncIterable<Buffer>) {
      size += chunk.length
      hash.update(chunk)
      await sink(chunk)
    }
    return { size, sha256: hash.digest('hex') }
  }
}
