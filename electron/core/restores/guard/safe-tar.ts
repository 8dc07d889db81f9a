import { buffer } from 'node:stream/consumers'
import { throwIfCancelled } from '../../../../shared/errors.ts'
import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import type { EntryMeta } from '../../archive/archive-writer.ts'
import type { EntrySequence } from '../../archive/entry-sequence.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { PathSet } from '../../archive/path-set.ts'
import type { ArchiveReader } from '../../archive/reader.ts'
import { encodeEntry } from '../../archive/tar/encode-entry.ts'
import { padding } from '../../archive/tar/header.ts'
import { treePath } from './entry-path.ts'
import type { Judged } from './guard.ts'
import type { SpecialEntry } from './judge-archive.ts'
import { SecondStep } from './second-step.ts'

/** What goes into a tar for the server, and as what. */
export interface SafeTarOptions {
  readonly reader: Pick<ArchiveReader, 'sequence' | 'resolve'>
  /** What the guard said of the chosen entries, in the order of the archive; refused ones are left out. */
  readonly judged: Iterable<Judged<ListedEntry | SpecialEntry>>
  /** The part of the archive that the guard judged. */
  readonly root: Buffer
  /** Where all of it goes below the folder that is extracted in, without slashes at its ends; may be empty. */
  readonly prefix: Buffer
  /** Ids that every entry gets. */
  readonly owner: { readonly uid: number; readonly gid: number }
  readonly trusted: boolean
  readonly mapping: RestoreMapping
  /** Another target for a symbolic link, where its old one does not fit the target account. */
  readonly mapLink?: (target: Buffer) => Buffer
  /** The path that `judged` has for an entry of the archive below the root, where it has another one. */
  readonly renamed?: (path: Buffer) => Buffer
  /** For a file that becomes another on its way: its whole content, small, to the new one. Null for all others. */
  readonly rewrite?: (entry: ListedEntry) => ((content: Buffer) => Buffer) | null
  readonly signal: AbortSignal
}

/** A tar to send, and what a second step sets where the tenant cannot reach; that is whole when the tar has ended. */
export interface SafeTar {
  readonly stream: AsyncGenerator<Buffer, void, undefined>
  readonly later: SecondStep
}

const chunkSize = 128 * 1024
const zeros = Buffer.alloc(1024)

/**
 * Turns chosen entries into a tar that any `tar -x` extracts as the target's user: names below `prefix`, the
 * target's ids, modes without special bits, times to the nanosecond, no attributes. Hard links stay links where their
 * file is in the tar; otherwise the first of them is sent as the file. Every file is checked against its hash and
 * is exactly as long as was judged, then rewritten where it is to be. Yields small pieces together, in chunks of about 128 KiB. Throws `corrupt`, `cancelled`; the tar then has no
 * end.
 */
export function safeTar(options: SafeTarOptions): SafeTar {
  const later = new SecondStep(options)
  return { stream: gathered(new TarPieces(options, later).all()), later }
}

interface Placed {
  readonly entry: ListedEntry
  /** Below the root. */
  readonly path: Buffer
}

class TarPieces {
  readonly #options: SafeTarOptions
  readonly #later: SecondStep
  readonly #sent = new PathSet()
  /** For hard links whose file is not sent: the first of them, by the file's path as latin1. */
  readonly #instead = new Map<string, Buffer>()

  constructor(options: SafeTarOptions, later: SecondStep) {
    this.#options = options
    this.#later = later
  }

  async *all(): AsyncGenerator<Buffer, void, undefined> {
    const { reader, signal } = this.#options
    await using sequence = reader.sequence({ signal })
    yield* this.#every(sequence)
  }

  async *#every(sequence: EntrySequence): AsyncGenerator<Buffer, void, undefined> {
    const waiting: Placed[] = []
    for (const { entry, path, verdict } of this.#options.judged) {
      throwIfCancelled(this.#options.signal)
      if (verdict.action === 'refuse' || entry.type === 'special') continue
      if (path.length + this.#options.prefix.length === 0) continue
      if (this.#comesLater(entry)) waiting.push({ entry, path })
      else yield* this.#entry({ entry, path }, sequence)
    }
    for (const placed of waiting) yield* this.#entry(placed, sequence)
    yield zeros
  }

  /** A hard link whose file stands behind it in the archive. */
  #comesLater(entry: ListedEntry): boolean {
    return entry.type === 'hardlink' && this.#options.reader.resolve(entry).offset > entry.offset
  }

  async *#entry({ entry, path }: Placed, sequence: EntrySequence): AsyncGenerator<Buffer, void, undefined> {
    if (entry.type === 'hardlink') {
      yield* this.#hardLink({ entry, path }, sequence)
      return
    }
    const { mapLink = (target: Buffer) => target } = this.#options
    const { meta, content } = await sequence.open(entry)
    const rewrite = entry.type === 'file' ? (this.#options.rewrite?.(entry) ?? null) : null
    if (rewrite !== null) {
      const bytes = rewrite(await buffer(content))
      const file = { ...entry, size: bytes.length }
      this.#later.entry(path, file, meta.pax)
      this.#sent.add(path)
      yield this.#header(path, file, 'file', null)
      yield bytes
      yield zeros.subarray(0, padding(bytes.length))
      return
    }
    this.#later.entry(path, entry, meta.pax)
    const linkTarget = entry.type === 'symlink' ? mapLink(entry.linkTarget ?? Buffer.alloc(0)) : null
    yield this.#header(path, entry, entry.type, linkTarget)
    if (entry.type !== 'file') return
    this.#sent.add(path)
    yield* content
    yield zeros.subarray(0, padding(entry.size))
  }

  async *#hardLink(
    { entry, path }: Placed,
    sequence: EntrySequence,
  ): AsyncGenerator<Buffer, void, undefined> {
    const { reader, root } = this.#options
    const file = reader.resolve(entry)
    const place = treePath(file.path, root)
    const { renamed = (name: Buffer) => name } = this.#options
    const target = place.kind === 'path' ? renamed(place.path) : file.path
    const key = target.toString('latin1')
    const first = this.#sent.has(target) ? target : this.#instead.get(key)
    if (first === undefined) {
      yield* this.#entry({ entry: file, path }, sequence)
      this.#instead.set(key, path)
      return
    }
    this.#later.link()
    yield this.#header(path, file, 'hardlink', this.#placed(first))
  }

  #header(path: Buffer, from: ListedEntry, type: EntryMeta['type'], linkTarget: Buffer | null): Buffer {
    const { owner } = this.#options
    return encodeEntry({
      path: this.#placed(path),
      type,
      size: type === 'file' ? from.size : 0,
      mode: from.mode & 0o777,
      ...owner,
      uname: '',
      gname: '',
      mtime: from.mtime,
      ...(linkTarget && { linkTarget }),
    })
  }

  #placed(path: Buffer): Buffer {
    const { prefix } = this.#options
    if (prefix.length === 0) return path
    return path.length === 0 ? prefix : Buffer.concat([prefix, Buffer.from('/'), path])
  }
}

async function* gathered(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Buffer[] = []
  let length = 0
  for await (const piece of pieces) {
    if (piece.length >= chunkSize) {
      yield Buffer.concat(waiting)
      yield piece
      waiting = []
      length = 0
      continue
    }
    waiting.push(piece)
    length += piece.length
    if (length < chunkSize) continue
    yield Buffer.concat(waiting)
    waiting = []
    length = 0
  }
  yield Buffer.concat(waiting)
}
