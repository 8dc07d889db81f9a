import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { release } from '../../release.ts'
import { SealedFile } from '../../store/sealed-file.ts'

/** A part of an upload: filled, then sent, which may take several requests. */
export interface Part extends AsyncDisposable {
  readonly length: number
  /** Takes as many of the bytes as fit, and returns how many these are. */
  take(bytes: Buffer): Promise<number>
  /** The MD5 of what it holds; it takes no more then. */
  digest(): Buffer
  /** What it holds, for one request. */
  body(): Buffer | Readable
}

/** A part in memory. */
export class MemoryPart implements Part {
  length = 0
  readonly #bytes: Buffer
  #digest: Buffer | null = null

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size)
  }

  take(bytes: Buffer): Promise<number> {
    const taken = bytes.copy(this.#bytes, this.length)
    this.length += taken
    return Promise.resolve(taken)
  }

  digest(): Buffer {
    this.#digest ??= createHash('md5').update(this.body()).digest()
    return this.#digest
  }

  body(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  [Symbol.asyncDispose](): Promise<void> {
    release(this.#bytes)
    return Promise.resolve()
  }
}

/** A part that is too large for memory: sealed on this computer's disk until it was sent. */
export class SpooledPart implements Part {
  length = 0
  readonly #size: number
  readonly #file: SealedFile
  readonly #hash = createHash('md5')
  #digest: Buffer | null = null

  constructor(size: number, folder: string) {
    this.#size = size
    this.#file = new SealedFile({ folder, what: 'a part of the archive' })
  }

  async take(bytes: Buffer): Promise<number> {
    const piece = bytes.subarray(0, this.#size - this.length)
    if (piece.length === 0) return 0
    await this.#file.add(piece)
    this.#hash.update(piece)
    this.length += piece.length
    return piece.length
  }

  digest(): Buffer {
    this.#digest ??= this.#hash.digest()
    return this.#digest
  }

  body(): Readable {
    return Readable.from(this.#pieces(), { objectMode: false })
  }

  async *#pieces(): AsyncGenerator<Buffer> {
    for (let number = 0; number < this.#file.pieces; number += 1) yield this.#file.read(number)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file[Symbol.asyncDispose]()
  }
}
