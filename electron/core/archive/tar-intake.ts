import type { ArchiveBody } from './archive-body.ts'
import type { EntryMeta, TarOptions } from './archive-writer.ts'
import { AppError } from '../../../shared/errors.ts'
import type { WrittenEntry } from './entry-output.ts'
import { SparseExpander, type SparsePiece } from './tar/sparse.ts'
import type { TarEvent } from './tar/walk.ts'

/** Sparse files are expanded up to this size (FORMAT §2). */
const sparseLimit = 100 * 2 ** 30

export interface IntakeListener {
  /** An entry is complete. */
  readonly written: (entry: WrittenEntry) => void
  readonly tooLarge: (meta: EntryMeta) => void
  readonly special: (path: Buffer) => void
}

/** Turns the events of an incoming tar into entries of an archive. */
export class TarIntake {
  readonly #body: ArchiveBody
  readonly #map: TarOptions['map']
  readonly #listener: IntakeListener
  /** Incoming names of files that were left out here, so that links to them are as well. */
  readonly #leftOut = new Set<string>()
  #skipping = false
  #sparse: SparseExpander | null = null

  constructor(body: ArchiveBody, map: TarOptions['map'], listener: IntakeListener) {
    this.#body = body
    this.#map = map
    this.#listener = listener
  }

  /** Takes one event. What it returns must be awaited before the next. */
  take(event: TarEvent): Promise<void> | undefined {
    if (event.kind === 'data') return this.#skipping ? undefined : this.#data(event.chunk)
    if (event.kind === 'entry') this.#entry(event.meta, event.sparse)
    else if (event.kind === 'entry-end') return this.#skipping ? undefined : this.#end()
    else if (event.kind === 'special') {
      this.#leftOut.add(event.path.toString('latin1'))
      this.#listener.special(event.path)
    }
    return undefined
  }

  #entry(meta: EntryMeta, sparse: boolean): void {
    const mapped = this.#map(meta)
    const target = meta.type === 'hardlink' ? meta.linkTarget?.toString('latin1') : undefined
    const dangling = target !== undefined && this.#leftOut.has(target)
    this.#skipping = mapped === null || dangling || (sparse && meta.size > sparseLimit)
    if (mapped === null) return
    if (mapped.type !== meta.type || mapped.size !== meta.size) {
      throw new AppError(
        'internal',
        'An entry changed its kind on the way into the archive; please report this.',
      )
    }
    if (!this.#skipping) {
      this.#sparse = sparse ? new SparseExpander(meta.size) : null
      this.#body.entries.begin(mapped)
    } else if (!dangling) {
      this.#leftOut.add(meta.path.toString('latin1'))
      this.#listener.tooLarge(mapped)
    }
  }

  #data(chunk: Buffer): Promise<void> | undefined {
    if (this.#sparse) return this.#pieces(this.#sparse.push(chunk))
    this.#body.entries.data(chunk)
    this.#body.progress.bytes(chunk.length)
    return this.#body.full ? this.#body.settle() : undefined
  }

  #end(): Promise<void> | undefined {
    const sparse = this.#sparse
    this.#sparse = null
    if (!sparse) {
      this.#listener.written(this.#body.entries.end())
      return undefined
    }
    return this.#pieces(sparse.finish()).then(() => {
      this.#listener.written(this.#body.entries.end())
    })
  }

  async #pieces(pieces: Iterable<SparsePiece>): Promise<void> {
    for (const piece of pieces) {
      if (piece.kind === 'data') this.#body.entries.data(piece.chunk)
      else await this.#body.entries.zeros(piece.length)
      this.#body.progress.bytes(piece.kind === 'data' ? piece.chunk.length : piece.length)
      if (this.#body.full) await this.#body.settle()
    }
  }
}
