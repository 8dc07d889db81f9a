import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { AppError, hasCode } from '../../../shared/errors.ts'
import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import type { ByteSource } from './byte-source.ts'
import { readContent } from './entry-content.ts'
import { EntrySequence } from './entry-sequence.ts'
import { buildIndexCache, openIndexCache } from './index-cache-open.ts'
import type { FoundEntries, IndexCache, ListedEntry } from './index-cache.ts'
import { parseHead, requireUnderstood } from './archive-head.ts'
import { decodeIndexLine, type EntryPart, type IndexEntry, type IndexLine } from './index-decode.ts'
import { readIndex, readIndexText } from './index-read.ts'
import { rebuildIndex } from './index-rebuild.ts'
import { TarRanges, type TarRange } from './tar-range.ts'

const firstName = Buffer.from('holdfast.json')
const headCap = 1024 * 1024

interface OpenOptions {
  /** The archive. The caller closes it, after the reader. */
  readonly source: ByteSource
  /** Its index, where there is one. Read only where the cache does not hold it already. */
  readonly index?: ByteSource | undefined
  /** What the manifest beside the archive says, where the caller has it: then a cache is opened without any reading. */
  readonly expect?: { readonly id: string; readonly tree: string } | undefined
  /** Folder for caches of indexes; anything in it may be deleted at any time. */
  readonly cacheFolder: string
  readonly signal: AbortSignal
}

interface ContentOptions {
  readonly signal: AbortSignal
  /** Bytes of the content, `end` exclusive; all of it where it is left out. */
  readonly range?: TarRange
}

/** Where the index came from. `rebuilt`: from the archive itself; `foreign`: the same, of an archive not ours. */
export type IndexOrigin = 'stored' | 'rebuilt' | 'foreign'

/** An archive that is open for looking into it. Paths are bytes; of several entries with one path the last counts. */
export class ArchiveReader implements AsyncDisposable {
  readonly origin: IndexOrigin
  readonly #cache: IndexCache
  readonly #ranges: TarRanges
  readonly #remove: string | null

  constructor(source: ByteSource, cache: IndexCache, origin: IndexOrigin, remove: string | null) {
    this.origin = origin
    this.#cache = cache
    this.#ranges = new TarRanges(source, (range) => cache.segments(range))
    this.#remove = remove
  }

  /** The id in the index: a backup's own, or one that a foreign archive was given. */
  get id(): string {
    return this.#cache.facts.id ?? ''
  }

  /** SHA-256 of the segments' SHA-256, in hex: what `expect` takes. */
  get tree(): string {
    return this.#cache.facts.end.tree
  }

  /** Bytes of the archive as it is stored. */
  get storedBytes(): number {
    return this.#cache.facts.end.size
  }

  /** Entries in the archive, earlier ones of the same path included. */
  get entryCount(): number {
    return this.#cache.facts.end.entries
  }

  /** What lies directly in a folder, by name. */
  list(path: Buffer): ListedEntry[] {
    return this.#cache.list(path)
  }

  /** Null where there is no such path. */
  stat(path: Buffer): ListedEntry | null {
    return this.#cache.stat(path)
  }

  /** See `IndexCache.find`. */
  find(pattern: string, options: { readonly limit: number }): FoundEntries {
    return this.#cache.find(pattern, options)
  }

  /** Every entry in the order of the archive, which is the fastest to read their contents in. */
  entries(): Generator<ListedEntry, void, undefined> {
    return this.#cache.entries()
  }

  /** Sockets, FIFOs and devices of a foreign archive, which its index only names. */
  specials(): Buffer[] {
    if (this.origin !== 'foreign') return []
    return this.#cache.warnings('special-file').map((path) => Buffer.from(fromRemoteName(path)))
  }

  parts(entry: ListedEntry): EntryPart[] {
    return this.#cache.parts(entry)
  }

  /** The file that holds a hard link's content. Throws `corrupt` where it is not in the archive. */
  resolve(entry: ListedEntry): ListedEntry {
    let file = entry
    for (let steps = 0; file.type === 'hardlink' && file.linkTarget !== null && steps < 40; steps += 1) {
      const target = this.#cache.stat(file.linkTarget)
      if (target === null) break
      file = target
    }
    if (file.type !== 'hardlink') return file
    throw new AppError(
      'corrupt',
      `${toRemoteName(entry.path)} is a hard link to a file that is not in the archive; the rest of it is good.`,
    )
  }

  /**
   * The content of a file, or of the file that a hard link names, fetched segment by segment, each checked. The
   * stream fails with `corrupt` before it ends where all of it was asked for and its SHA-256 differs. Throws
   * `invalid-input` for folders and symbolic links.
   */
  content(entry: ListedEntry, { signal, range }: ContentOptions): Readable {
    const file = this.resolve(entry)
    if (file.type !== 'file' || file.implied) {
      throw new AppError('invalid-input', `${toRemoteName(entry.path)} is a ${file.type} and has no content.`)
    }
    const bytes = readContent(this.#ranges, file, this.#cache.endOf(file), { signal, range })
    return Readable.from(bytes, { objectMode: false })
  }

  /** Opens entries one after the other: headers with the records that no index has, and contents. To be disposed. */
  sequence({ signal }: { readonly signal: AbortSignal }): EntrySequence {
    const cache = this.#cache
    const index = {
      tarLength: cache.facts.tarLength,
      endOf: (entry: IndexEntry) => cache.endOf(entry),
      segments: (range: TarRange) => cache.segments(range),
    }
    return new EntrySequence(this.#ranges, index, { signal })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cache[Symbol.dispose]()
    if (this.#remove !== null) await rm(this.#remove, { force: true })
  }
}

/**
 * Opens an archive: from the cache of its index, else from the index, else by reading the whole archive once, which
 * also happens where the index is damaged. Throws `corrupt` where the archive itself is, `unsupported` where it
 * needs a newer version.
 */
export async function openArchive(options: OpenOptions): Promise<ArchiveReader> {
  const reader = await openAny(options)
  try {
    if (options.expect === undefined) await refuseUnknownNeeds(reader, options)
    return reader
  } catch (error) {
    await reader[Symbol.asyncDispose]()
    throw error
  }
}

/** Reads `needs` of the first entry (FORMAT §4), where it is one of ours. */
async function refuseUnknownNeeds(reader: ArchiveReader, { signal }: OpenOptions): Promise<void> {
  const entry = reader.stat(firstName)
  if (entry === null || entry.offset !== 0 || entry.size > headCap) return
  const head = parseHead(await buffer(reader.content(entry, { signal })))
  if (head !== null) requireUnderstood(head.needs)
}

async function openAny(options: OpenOptions): Promise<ArchiveReader> {
  const { source, index, expect, cacheFolder, signal } = options
  const { size } = source
  try {
    const id = expect?.id ?? (index && (await indexId(index, signal)))
    const cached = id === undefined ? null : openIndexCache({ cacheFolder, id, size, tree: expect?.tree })
    if (cached !== null) return new ArchiveReader(source, cached, 'stored', null)
    if (index !== undefined && id !== undefined) {
      const cache = await buildIndexCache(readIndex(index, { signal }), { cacheFolder, id, size })
      if (expect === undefined || cache.facts.end.tree === expect.tree) {
        return new ArchiveReader(source, cache, 'stored', null)
      }
      cache[Symbol.dispose]()
    }
  } catch (error) {
    if (!hasCode(error, 'corrupt')) throw error
  }
  return openRebuilt(options)
}

async function openRebuilt({ source, cacheFolder, signal }: OpenOptions): Promise<ArchiveReader> {
  const { id, own, lines } = await rebuildIndex(source, { signal, foreignId: randomUUID() })
  const cache = await buildIndexCache(decoded(lines), { cacheFolder, id, size: source.size })
  const remove = own ? null : join(cacheFolder, `${id}.sqlite`)
  return new ArchiveReader(source, cache, own ? 'rebuilt' : 'foreign', remove)
}

async function* decoded(batches: AsyncIterable<readonly string[]>): AsyncGenerator<readonly IndexLine[]> {
  for await (const lines of batches) yield lines.map((line) => decodeIndexLine(line))
}

async function indexId(index: ByteSource, signal: AbortSignal): Promise<string> {
  for await (const [first = ''] of readIndexText(index, { signal })) {
    const line = decodeIndexLine(first)
    if (line.kind === 'head') return line.id
    break
  }
  throw new AppError('corrupt', 'The index does not begin as one; it is made again from the archive.')
}
