import type { WireCodec } from '../../../shared/model/server.ts'

const codecs: readonly WireCodec[] = ['zstd', 'pigz', 'gzip']

/**
 * Takes a script's stdout apart. Whatever a login shell prints before BEGIN is dropped, END counts only as the very
 * last bytes, and all between is the payload. The nonce makes sure that no payload and no banner can pretend.
 */
export class FrameReader {
  readonly #source: AsyncIterator<Buffer>
  readonly #nonce: string
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterator<Buffer>, nonce: string) {
    this.#source = source
    this.#nonce = nonce
  }

  /**
   * Reads on to BEGIN. Resolves to null when it came, else to the first bytes of what came instead (at most 4 KiB):
   * the output ended, or brought `noiseLimit` bytes without a BEGIN.
   */
  async begin(noiseLimit: number): Promise<Buffer | null> {
    const begin = Buffer.from(`\n@@${this.#nonce} BEGIN\n`)
    const first: Buffer[] = []
    let noise = 0
    for (;;) {
      const at = this.#held.indexOf(begin)
      if (at >= 0) {
        this.#held = this.#held.subarray(at + begin.length)
        return null
      }
      this.#held = this.#held.subarray(Math.max(0, this.#held.length - begin.length + 1))
      const chunk = await this.#next()
      if (!chunk || noise > noiseLimit) return Buffer.concat(first).subarray(0, 4096)
      if (noise < 4096) first.push(chunk)
      noise += chunk.length
      this.#held = Buffer.concat([this.#held, chunk])
    }
  }

  /** How the payload is compressed. Call after `begin`, before `payload`. */
  async codec(): Promise<WireCodec> {
    const prefix = Buffer.from(`@@${this.#nonce} CODEC `)
    const longest = prefix.length + 'zstd\n'.length
    while (
      this.#held.length < longest &&
      prefix.subarray(0, this.#held.length).equals(this.#held.subarray(0, prefix.length))
    ) {
      const chunk = await this.#next()
      if (!chunk) return 'none'
      this.#held = Buffer.concat([this.#held, chunk])
    }
    if (!this.#held.subarray(0, prefix.length).equals(prefix)) return 'none'
    const name = this.#held.subarray(prefix.length, this.#held.indexOf(0x0a)).toString('latin1')
    this.#held = this.#held.subarray(prefix.length + name.length + 1)
    return codecs.find((codec) => codec === name) ?? 'none'
  }

  /** The payload, to the end of the output. Returns whether END were its last bytes. Long pieces are not copied. */
  async *payload(): AsyncGenerator<Buffer, boolean, undefined> {
    const end = Buffer.from(`\n@@${this.#nonce} END\n`)
    for (;;) {
      const chunk = await this.#next()
      if (!chunk) break
      const sure = chunk.length < end.length ? this.#held.length - end.length : this.#held.length
      if (sure > 0) {
        const piece = this.#held.subarray(0, sure)
        this.#held = this.#held.subarray(sure)
        yield piece
      }
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    }
    const length = this.#held.length - end.length
    const whole = length >= 0 && this.#held.subarray(length).equals(end)
    const rest = whole ? this.#held.subarray(0, length) : this.#held
    if (rest.length > 0) yield rest
    return whole
  }

  async #next(): Promise<Buffer | undefined> {
    const step = await this.#source.next()
    return step.done === true ? undefined : step.value
  }
}
