import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import type { EntryMeta } from '../../archive/archive-writer.ts'
import { SparseExpander } from '../../archive/tar/sparse.ts'
import { TarWalk, type TarEvent } from '../../archive/tar/walk.ts'

/** One entry of a tar. Its content must be read before the next member is asked for; what is left is skipped. */
export type TarMember =
  | { readonly kind: 'entry'; readonly meta: EntryMeta; readonly content: MemberContent }
  /** A socket, FIFO, device or label. */
  | { readonly kind: 'special'; readonly path: Buffer }

const hole = Buffer.alloc(256 * 1024)

/** Walks a tar entry by entry. Throws `corrupt` and `unsupported` like `TarWalk`, and what the bytes throw. */
export async function* tarMembers(
  bytes: AsyncIterable<Buffer>,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<TarMember, void, undefined> {
  const events = new TarEvents(bytes, signal)
  try {
    for (let event = await events.next(); event !== null; event = await events.next()) {
      if (event.kind === 'special') yield { kind: 'special', path: event.path }
      if (event.kind !== 'entry') continue
      const content = new MemberContent(events, event.sparse ? event.meta.size : null)
      yield { kind: 'entry', meta: event.meta, content }
      await content.skip()
    }
  } finally {
    await events.close()
  }
}

/** The events of a tar one by one. After a failure every further question fails with it. */
class TarEvents {
  readonly #walk = new TarWalk()
  readonly #chunks: AsyncIterator<Buffer>
  readonly #signal: AbortSignal
  #batch: Iterator<TarEvent> | null = null
  #failure: { readonly error: unknown } | null = null
  #ended = false

  constructor(bytes: AsyncIterable<Buffer>, signal: AbortSignal) {
    this.#chunks = bytes[Symbol.asyncIterator]()
    this.#signal = signal
  }

  async next(): Promise<TarEvent | null> {
    if (this.#failure !== null) throw this.#failure.error
    try {
      return this.#ready() ?? (await this.#pull())
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#chunks.return?.()
    this.#ended = true
  }

  #ready(): TarEvent | null {
    const step = this.#batch?.next()
    return step === undefined || step.done === true ? null : step.value
  }

  async #pull(): Promise<TarEvent | null> {
    while (!this.#ended) {
      throwIfCancelled(this.#signal)
      const step = await this.#chunks.next()
      if (step.done === true) {
        this.#ended = true
        this.#walk.finish()
        return null
      }
      this.#batch = this.#walk.push(step.value)
      const event = this.#ready()
      if (event !== null) return event
    }
    return null
  }
}

/** The content of one entry, sparse files expanded. It can be read once. */
export class MemberContent implements AsyncIterable<Buffer> {
  readonly #events: TarEvents
  /** Expanded size of a sparse file. */
  readonly #sparse: number | null
  #over = false

  constructor(events: TarEvents, sparse: number | null) {
    this.#events = events
    this.#sparse = sparse
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const expander = this.#sparse === null ? null : new SparseExpander(this.#sparse)
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) {
      if (expander === null) yield chunk
      else for (const piece of expander.push(chunk)) yield* bytesOf(piece)
    }
    for (const piece of expander?.finish() ?? []) yield* bytesOf(piece)
  }

  /** True where there will be more bytes than the tar holds. */
  get sparse(): boolean {
    return this.#sparse !== null
  }

  /** All of it in memory. Throws `invalid-input` beyond `cap`. */
  async whole(cap: number): Promise<Buffer> {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of this) {
      length += chunk.length
      if (length > cap)
        throw new AppError('invalid-input', `A small file of the archive has more than ${cap} bytes.`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  /** Its first bytes, `length` at most; the rest is lost. */
  async head(length: number): Promise<Buffer> {
    const chunks: Buffer[] = []
    let got = 0
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) {
      chunks.push(chunk.subarray(0, length - got))
      got += chunk.length
      if (got >= length) break
    }
    return Buffer.concat(chunks)
  }

  async skip(): Promise<void> {
    while ((await this.#next()) !== null);
  }

  async #next(): Promise<Buffer | null> {
    while (!this.#over) {
      const event = await this.#events.next()
      if (event?.kind === 'data') return event.chunk
      if (event === null || event.kind === 'entry-end') this.#over = true
    }
    return null
  }
}

type Piece = ReturnType<SparseExpander['push']> extends Generator<infer P> ? P : never

function* bytesOf(piece: Piece): Generator<Buffer> {
  if (piece.kind === 'data') yield piece.chunk
  else for (let left = piece.length; left > 0; left -= hole.length) yield hole.subarray(0, left)
}
