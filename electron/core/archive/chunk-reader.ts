/** Takes exact amounts from chunks of any size. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>
  #ahead: Buffer = Buffer.alloc(0)
  #ended = false

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next bytes as they come, or null at the end. */
  async next(): Promise<Buffer | null> {
    if (this.#ahead.length === 0) return this.#pull()
    const bytes = this.#ahead
    this.#ahead = Buffer.alloc(0)
    return bytes
  }

  /** Puts bytes back in front. */
  unshift(bytes: Buffer): void {
    this.#ahead = this.#ahead.length === 0 ? bytes : Buffer.concat([bytes, this.#ahead])
  }

  /** Up to `length` bytes, fewer only at the end; they stay. */
  async peek(length: number): Promise<Buffer> {
    while (this.#ahead.length < length) {
      const more = await this.#pull()
      if (more === null) break
      this.#ahead = this.#ahead.length === 0 ? more : Buffer.concat([this.#ahead, more])
    }
    return this.#ahead.subarray(0, length)
  }

  /** Exactly `length` bytes, or null where there are fewer. */
  async take(length: number): Promise<Buffer | null> {
    const bytes = await this.peek(length)
    if (bytes.length < length) return null
    this.#ahead = this.#ahead.subarray(length)
    return bytes
  }

  /** Throws the rest away and returns how many bytes it was. */
  async drain(): Promise<number> {
    let length = 0
    for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) length += chunk.length
    return length
  }

  /** Ends the source, wherever it stands. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#chunks.return?.()
    this.#ended = true
  }

  async #pull(): Promise<Buffer | null> {
    while (!this.#ended) {
      const step = await this.#chunks.next()
      if (step.done === true) this.#ended = true
      else if (step.value.length > 0) return step.value
    }
    return null
  }
}
