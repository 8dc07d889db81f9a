import type { PartialFile } from './partial.ts'

/** Bytes on their way: enough for 100 Mbit/s over 150 ms. */
const inFlight = 2.5 * 2 ** 20

interface Block {
  readonly position: number
  readonly bytes: Buffer
  /** Settles when the server has answered; never rejects. */
  answered: Promise<void>
}

/**
 * Writes a file from its beginning to its end with many requests on their way. What the server has not confirmed is
 * kept, so that it can be sent again over another connection.
 */
export class BlockWriter {
  #file: PartialFile
  /** In the order of their positions. */
  readonly #sent: Block[] = []
  /** Memory of blocks that the server has confirmed, for others. */
  readonly #free: Buffer[] = []
  readonly #blockSize: number
  #filling: Buffer
  #filled = 0
  #position = 0
  #failure: { readonly error: unknown } | null = null
  /** The first bytes of the file: what tells it from another's after a broken connection. */
  #head = Buffer.alloc(0)

  constructor(file: PartialFile) {
    this.#file = file
    this.#blockSize = file.remote.writeSize
    this.#filling = Buffer.allocUnsafeSlow(this.#blockSize)
  }

  get file(): PartialFile {
    return this.#file
  }

  /** Bytes given to `write`. */
  get size(): number {
    return this.#position + this.#filled
  }

  /** Bytes from the beginning that the server has confirmed. */
  get confirmed(): number {
    return this.#sent[0]?.position ?? this.#position
  }

  get head(): Buffer {
    return this.#head
  }

  /** Copies the bytes. Throws what the server answered to any earlier block. */
  async write(chunk: Uint8Array): Promise<void> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.copy(this.#filling, this.#filled, at)
      at += taken
      this.#filled += taken
      if (this.#filled < this.#blockSize) continue
      this.#cut()
      await this.#settle(Math.floor(inFlight / this.#blockSize) - 1)
    }
  }

  /** Sends what is left and waits until everything is confirmed. */
  async flush(): Promise<void> {
    if (this.#filled > 0) this.#cut()
    await this.#settle(0)
  }

  /** Goes on with the same file over another connection, sending again what was not confirmed. */
  async resume(file: PartialFile): Promise<void> {
    await Promise.all(this.#sent.map(({ answered }) => answered))
    this.#failure = null
    this.#file = file
    for (const block of this.#sent) this.#send(block)
  }

  #cut(): void {
    const bytes = this.#filling.subarray(0, this.#filled)
    const block: Block = { position: this.#position, bytes, answered: Promise.resolve() }
    if (this.#position === 0) this.#head = Buffer.from(bytes.subarray(0, 1024))
    this.#position += this.#filled
    this.#filling = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#blockSize)
    this.#filled = 0
    this.#sent.push(block)
    this.#send(block)
  }

  #send(block: Block): void {
    block.answered = this.#file.remote
      .write(this.#file.handle, block.bytes, block.position)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
  }

  /** Waits until at most so many blocks are on their way. Throws what the server said to one of them. */
  async #settle(most: number): Promise<void> {
    while (this.#sent.length > most || this.#failure !== null) {
      if (this.#failure !== null) {
        throw this.#failure.error
      }
      await this.#sent[0]?.answered
      if ((this.#failure as { readonly error: unknown } | null) !== null) continue
      const confirmed = this.#sent.shift()
      if (confirmed?.bytes.length === this.#blockSize) this.#free.push(confirmed.bytes)
    }
  }
}
