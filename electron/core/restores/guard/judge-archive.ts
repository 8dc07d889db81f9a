import type { ListedEntry } from '../../archive/index-cache.ts'
import type { ArchiveReader } from '../../archive/reader.ts'
import { guardEntries, type GuardOptions, type Judged } from './guard.ts'

/** A socket, FIFO or device, of which an index has only the name. */
export interface SpecialEntry {
  readonly path: Buffer
  readonly type: 'special'
  readonly size: 0
  readonly mode: 0
  readonly linkTarget: null
}

/** What `guardEntries` says of an open archive. To be gone through once at a time, like the reader's entries. */
export function judgeArchive(
  reader: ArchiveReader,
  options: Omit<GuardOptions, 'storedBytes'>,
): Iterable<Judged<ListedEntry | SpecialEntry>> {
  const specials = reader
    .specials()
    .map((path): SpecialEntry => ({ path, type: 'special', size: 0, mode: 0, linkTarget: null }))
  const entries = function* (): Generator<ListedEntry | SpecialEntry, void, undefined> {
    yield* reader.entries()
    yield* specials
  }
  return guardEntries(entries, { ...options, storedBytes: reader.storedBytes })
}
