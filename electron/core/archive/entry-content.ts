import { createHash } from 'node:crypto'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import type { EntryMeta } from './archive-writer.ts'
import type { IndexEntry } from './index-decode.ts'
import { SparseExpander } from './tar/sparse.ts'
import { TarWalk } from './tar/walk.ts'
import type { TarRange, TarRanges } from './tar-range.ts'

interface ContentOptions {
  readonly signal: AbortSignal
  /** Bytes of the content that are wanted; all of them where it is left out. */
  readonly range?: TarRange | undefined
}

const zeros = Buffer.alloc(256 * 1024)

/** An entry of an archive that was looked up. */
export interface OpenedEntry {
  /** What its header in the archive says; path, type and size are those of the index. */
  readonly meta: EntryMeta
  /** The content of a file; nothing for others. To be read once at most. Fails like `readContent`. */
  readonly content: AsyncGenerator<Buffer, void, undefined>
}

/** Reads the header of any entry, which must say what the index says. Throws `corrupt`. */
export async function openEntry(
  ranges: TarRanges,
  entry: IndexEntry,
  end: number,
  { signal }: { readonly signal: AbortSignal },
): Promise<OpenedEntry> {
  const header = await readHeader(ranges, entry, end, signal)
  return { meta: header.meta, content: contentAfter(header, ranges, entry, end, { signal }) }
}

/**
 * Yields the content of a file entry, or a range of it, from the segments that hold it. The header in the archive
 * must say what the index says. Where all of it is read its SHA-256 is checked, and a difference is thrown before
 * the last chunk is given out as the end. Throws `corrupt`.
 */
export async function* readContent(
  ranges: TarRanges,
  entry: IndexEntry,
  end: number,
  options: ContentOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const header = await readHeader(ranges, entry, end, options.signal)
  yield* contentAfter(header, ranges, entry, end, options)
}

async function* contentAfter(
  header: HeaderFacts,
  ranges: TarRanges,
  entry: IndexEntry,
  end: number,
  { signal, range }: ContentOptions,
): AsyncGenerator<Buffer, void, undefined> {
  if (entry.type !== 'file') return
  const wanted = { start: range?.start ?? 0, end: Math.min(range?.end ?? entry.size, entry.size) }
  const all = wanted.start === 0 && wanted.end === entry.size
  const bytes = header.sparse
    ? expand(ranges, entry, { start: header.content, end }, { wanted, signal })
    : ranges.read({ start: header.content + wanted.start, end: header.content + wanted.end }, { signal })
  const hash = all && entry.sha256 !== null ? createHash('sha256') : null
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    hash?.update(chunk)
    if (chunk.length > 0) yield chunk
    throwIfCancelled(signal)
  }
  if (length !== Math.max(0, wanted.end - wanted.start)) throw entryDiffers(entry, 'its length')
  if (hash !== null && entry.sha256?.equals(hash.digest()) !== true) throw entryDiffers(entry, 'its content')
}

interface HeaderFacts {
  readonly meta: EntryMeta
  /** Tar offset of the first byte of content. */
  readonly content: number
  readonly sparse: boolean
}

/** Headers are short as a rule; what else lies before `end` is not fetched for them. */
const headerGuess = 64 * 1024

async function readHeader(
  ranges: TarRanges,
  entry: IndexEntry,
  end: number,
  signal: AbortSignal,
): Promise<HeaderFacts> {
  for (const stop of [Math.min(end, entry.offset + headerGuess), end]) {
    const walk = new TarWalk()
    for await (const chunk of ranges.read({ start: entry.offset, end: stop }, { signal })) {
      for (const event of walk.push(chunk)) {
        if (event.kind !== 'entry') throw entryDiffers(entry, 'its header')
        const { meta, sparse } = event
        if (!meta.path.equals(entry.path)) throw entryDiffers(entry, 'its name')
        if (meta.type !== entry.type || meta.size !== entry.size)
          throw entryDiffers(entry, 'its type or size')
        return { meta, content: entry.offset + walk.offset, sparse }
      }
    }
  }
  throw entryDiffers(entry, 'its header')
}

interface ExpandOptions {
  readonly wanted: TarRange
  readonly signal: AbortSignal
}

/** The expanded bytes of a sparse file; what lies before the wanted range is gone through, not given out. */
async function* expand(
  ranges: TarRanges,
  entry: IndexEntry,
  stored: TarRange,
  { wanted, signal }: ExpandOptions,
): AsyncGenerator<Buffer> {
  const expander = new SparseExpander(entry.size)
  let position = 0
  const give = function* (piece: { length: number; chunk: Buffer | null }): Generator<Buffer> {
    let at = Math.max(position, wanted.start)
    const stop = Math.min(position + piece.length, wanted.end)
    while (at < stop) {
      const chunk = piece.chunk?.subarray(at - position, stop - position) ?? zeros.subarray(0, stop - at)
      yield chunk
      at += chunk.length
    }
    position += piece.length
  }
  const walk = new TarWalk()
  for await (const bytes of ranges.read({ start: entry.offset, end: stored.end }, { signal })) {
    for (const event of walk.push(bytes)) {
      if (event.kind === 'entry-end') {
        for (const piece of expander.finish()) {
          if (piece.kind === 'hole') yield* give({ length: piece.length, chunk: null })
        }
        return
      }
      if (event.kind !== 'data') continue
      for (const piece of expander.push(event.chunk)) {
        const { length, chunk } =
          piece.kind === 'hole'
            ? { length: piece.length, chunk: null }
            : { length: piece.chunk.length, chunk: piece.chunk }
        yield* give({ length, chunk })
      }
    }
  }
}

/** The error for an entry that is not what the index says. */
export function entryDiffers(entry: IndexEntry, what: string): AppError {
  const path = toRemoteName(entry.path)
  return new AppError(
    'corrupt',
    `${path} cannot be read: ${what} in the archive is not what the index says. Use another copy of this backup.`,
    { details: { path } },
  )
}
