import { AppError } from '../../../../shared/errors.ts'

/** Beyond these an archive is taken for an attack. */
export interface BudgetLimits {
  /** Entries at all depths together. */
  readonly entries: number
  /** Inflated bytes for each stored one, where they are more than `ratioFrom`. */
  readonly ratio: number
  readonly ratioFrom: number
}

/** The same that extracting a foreign archive has. */
export const foreignLimits: BudgetLimits = { entries: 2_000_000, ratio: 200, ratioFrom: 2 ** 30 }

/** Counts what an archive file and the archives inside it become, and refuses a bomb with `corrupt`. */
export class Budget {
  readonly #limits: BudgetLimits
  readonly #most: number
  #entries = 0
  #bytes = 0
  #spent = false

  constructor(storedBytes: number, limits: BudgetLimits = foreignLimits) {
    this.#limits = limits
    this.#most = Math.max(limits.ratioFrom, storedBytes * limits.ratio)
  }

  /** True once it was refused: nothing more of it may be read. */
  get spent(): boolean {
    return this.#spent
  }

  entry(): void {
    this.#entries += 1
    if (this.#entries > this.#limits.entries)
      throw this.#refuse(`more than ${this.#limits.entries} files and folders`)
  }

  bytes(length: number): void {
    this.#bytes += length
    if (this.#bytes > this.#most) throw this.#refuse(`more than ${this.#most} bytes`)
  }

  /** Whether so many bytes more are allowed. */
  fits(length: number): boolean {
    return this.#bytes + length <= this.#most
  }

  /** The same bytes, counted. */
  async *counted(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of bytes) {
      this.bytes(chunk.length)
      yield chunk
    }
  }

  #refuse(what: string): AppError {
    this.#spent = true
    return new AppError(
      'corrupt',
      `This archive would become ${what}, which no real one does, and was refused. Nothing was written.`,
    )
  }
}
