import { createHash, hash, type Hash } from 'node:crypto'
import { throwIfCancelled } from '../../../shared/errors.ts'
import type { EntryMeta } from './archive-writer.ts'
import { blockSize } from './tar/header.ts'
import { TarWalk } from './tar/walk.ts'

/** An entry whose content went by. */
export interface WalkedEntry {
  readonly meta: EntryMeta
  /** Tar offset of its first header block, extension blocks included. */
  readonly offset: number
  /** Tar offset of its last header block, which lies in a segment of its component where `offset` may not. */
  readonly header: number
  /** Of a file's content; null for others, and for sparse files, whose stored bytes are not their content. */
  readonly sha256: Buffer | null
  /** The first and last bytes of its content, up to `edgeLength` each, where they were asked for. */
  readonly head: Buffer
  readonly tail: Buffer
  /** The whole content, where it was asked for. */
  readonly content: Buffer | null
}

export type WalkStep =
  | { readonly kind: 'entry'; readonly entry: WalkedEntry }
  /** A socket, FIFO, device or label: nothing that can be restored. */
  | { readonly kind: 'special'; readonly path: Buffer; readonly offset: number }
  /** Always the last step. `trailing` counts zeros after the two closing blocks. */
  | { readonly kind: 'end'; readonly tarLength: number; readonly trailing: number }

/** What is kept of an entry's content: nothing, its first and last bytes, or, up to 64 MiB, all of it. */
export type Keep = 'nothing' | 'edges' | 'content'

interface WalkOptions {
  readonly signal: AbortSignal
  readonly keep?: (meta: EntryMeta) => Keep
}

export const edgeLength = 256
const keepCap = 64 * 1024 * 1024

/** Walks a tar and hashes each file. Yields batches; throws `corrupt` and `unsupported` like `TarWalk`. */
export async function* walkEntries(
  tar: AsyncIterable<Buffer>,
  { signal, keep = () => 'nothing' }: WalkOptions,
): AsyncGenerator<readonly WalkStep[], void, undefined> {
  const walk = new TarWalk()
  let open: OpenEntry | null = null
  let tarLength = 0
  for await (const bytes of tar) {
    throwIfCancelled(signal)
    const steps: WalkStep[] = []
    for (const event of walk.push(bytes)) {
      switch (event.kind) {
        case 'entry':
          open = new OpenEntry(event, walk.offset - blockSize, keep(event.meta))
          break
        case 'data':
          open?.add(event.chunk)
          break
        case 'entry-end':
          if (open !== null) steps.push({ kind: 'entry', entry: open.close() })
          open = null
          break
        case 'special':
          steps.push({ kind: 'special', path: event.path, offset: event.offset })
          break
        case 'end':
          tarLength = event.size
          break
      }
    }
    if (steps.length > 0) yield steps
  }
  walk.finish()
  yield [{ kind: 'end', tarLength, trailing: walk.trailingZeros }]
}

interface EntryFacts {
  readonly meta: EntryMeta
  readonly offset: number
  readonly sparse: boolean
}

/** Collects what is wanted of one entry's content. The chunks are not kept, unless the whole is. */
class OpenEntry {
  readonly #meta: EntryMeta
  readonly #offset: number
  readonly #header: number
  readonly #sparse: boolean
  readonly #keep: Keep
  readonly #kept: Buffer[] = []
  #hash: Hash | null = null
  #sha256: Buffer | null = null
  #head: Buffer = Buffer.alloc(0)
  #tail: Buffer = Buffer.alloc(0)
  #length = 0

  constructor({ meta, offset, sparse }: EntryFacts, header: number, keep: Keep) {
    this.#meta = meta
    this.#offset = offset
    this.#header = header
    this.#sparse = sparse
    this.#keep = keep === 'content' && meta.size > keepCap ? 'edges' : keep
  }

  add(chunk: Buffer): void {
    if (this.#length === 0 && chunk.length === this.#meta.size) this.#sha256 = hash('sha256', chunk, 'buffer')
    else this.#hash = (this.#hash ?? createHash('sha256')).update(chunk)
    if (this.#keep === 'edges') this.#keepEdges(chunk)
    if (this.#keep === 'content') this.#kept.push(Buffer.from(chunk))
    this.#length += chunk.length
  }

  close(): WalkedEntry {
    const isFile = this.#meta.type === 'file' && !this.#sparse
    return {
      meta: this.#meta,
      offset: this.#offset,
      header: this.#header,
      sha256: isFile ? (this.#sha256 ?? this.#hash?.digest() ?? hash('sha256', '', 'buffer')) : null,
      head: this.#head,
      tail: this.#tail,
      content: this.#keep === 'content' ? Buffer.concat(this.#kept) : null,
    }
  }

  #keepEdges(chunk: Buffer): void {
    if (this.#length < edgeLength) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, edgeLength - this.#length)])
    }
    this.#tail =
      chunk.length >= edgeLength
        ? Buffer.from(chunk.subarray(-edgeLength))
        : Buffer.concat([this.#tail, chunk]).subarray(-edgeLength)
  }
}
