import type { EntryMeta } from '../../archive/archive-writer.ts'
import { checkVolume, volumeLimits, type VolumeLimits } from '../../archive/extract-volume.ts'
import { PathSet } from '../../archive/path-set.ts'
import { treePath } from './entry-path.ts'
import { badTarget, leavesTree } from './link-target.ts'
import { Members } from './members.ts'
import { sortRecords, specialBits, type Stripped } from './records.ts'

/** What the guard must know of an entry: any `IndexEntry`, and `special` for sockets, FIFOs and devices. */
export interface GuardEntry {
  readonly path: Buffer
  readonly type: EntryMeta['type'] | 'special'
  readonly size: number
  readonly mode: number
  readonly linkTarget: Buffer | null
  /** Raw pax records, where they were read; the index has none, `safeTar` sorts them again. */
  readonly pax?: ReadonlyMap<string, Buffer>
}

/** What becomes of an entry. `strip`: it is put without something. */
export type Verdict =
  | { readonly action: 'put' }
  | { readonly action: 'strip'; readonly what: readonly Stripped[] }
  | { readonly action: 'refuse'; readonly why: string }

/** An entry, where it lies below the root (empty for the root itself), and what becomes of it. */
export interface Judged<T extends GuardEntry> {
  readonly entry: T
  readonly path: Buffer
  readonly verdict: Verdict
}

export interface GuardOptions {
  /**
   * The component that is restored, such as `files`; empty for all of the archive. Where only some of its entries are
   * wanted, all are judged and those are chosen then: what an entry may do depends on the others.
   */
  readonly root: Buffer
  /** Whether the archive is ours: its manifest and its hashes agree. */
  readonly trusted: boolean
  /** Bytes of the archive as it is stored. */
  readonly storedBytes: number
  readonly limits?: Partial<VolumeLimits>
}

/**
 * Judges what may be extracted on a server, as the target's user, in a new and empty folder. `entries` is asked twice
 * and must give the same, in the order of the archive; entries outside of `root` are passed over. Nothing that is put
 * leaves the tree: no absolute path or `..`, nothing below a member that is no folder, no hard link to anything but
 * a regular member, no devices, FIFOs or sockets. Of several files of one path the last counts; several members of
 * different kinds are all refused. Links of an archive of ours are put as they were, wherever they lead: nothing is
 * ever written through them; those of another must stay in the tree, and it loses setuid, setgid, sticky bits and
 * capabilities. Throws `corrupt` beyond the limits. Memory: about 100 bytes an entry.
 */
export function guardEntries<T extends GuardEntry>(
  entries: () => Iterable<T>,
  options: GuardOptions,
): Iterable<Judged<T>> {
  const { root, trusted, storedBytes, limits } = options
  const volume = { ...volumeLimits(trusted ? 'stored' : 'foreign'), ...limits }
  checkVolume(entries(), storedBytes, volume)
  const members = new Members(entries(), root)
  return {
    *[Symbol.iterator]() {
      const judge = new Judge(members, options)
      let ordinal = 0
      for (const entry of entries()) {
        const judged = judge.entry(entry, ordinal)
        if (judged !== null) yield judged
        ordinal += 1
      }
    },
  }
}

class Judge {
  readonly #members: Members
  readonly #options: GuardOptions
  /** Files and links to them that were put: what a hard link may name. */
  readonly #put = new PathSet()
  #folder: { readonly path: Buffer; readonly bad: boolean } | null = null

  constructor(members: Members, options: GuardOptions) {
    this.#members = members
    this.#options = options
  }

  entry<T extends GuardEntry>(entry: T, ordinal: number): Judged<T> | null {
    const place = treePath(entry.path, this.#options.root)
    if (place.kind === 'elsewhere') return null
    if (place.kind === 'bad') {
      return { entry, path: entry.path, verdict: { action: 'refuse', why: place.why } }
    }
    const why = this.#refusal(entry, place, ordinal)
    if (why !== null) return { entry, path: place.path, verdict: { action: 'refuse', why } }
    const isContent = entry.type === 'file' || entry.type === 'hardlink'
    if (isContent && this.#members.hasHardLinks) this.#put.add(place.path)
    const what = this.#stripped(entry)
    const verdict: Verdict = what.length === 0 ? { action: 'put' } : { action: 'strip', what }
    return { entry, path: place.path, verdict }
  }

  #refusal(
    { type, linkTarget }: GuardEntry,
    { path, names }: { readonly path: Buffer; readonly names: readonly Buffer[] },
    ordinal: number,
  ): string | null {
    if (type === 'special') return 'it is a socket, FIFO or device'
    if (path.length === 0) return type === 'directory' ? null : 'it stands in place of the whole tree'
    const repeated = this.#members.repeated(path)
    if (repeated?.mixed === true) return 'the archive has its path twice, as different kinds'
    if (repeated !== null && repeated.last !== ordinal) return 'a later entry of the same path counts'
    if (this.#isBelowNoFolder(path)) return 'something above it in the archive is a link or a file'
    if (type === 'symlink') {
      const bad = badTarget(linkTarget)
      if (bad !== null || this.#options.trusted || linkTarget === null) return bad
      return leavesTree(names, linkTarget, this.#members)
    }
    return type === 'hardlink' ? this.#badHardLink(linkTarget) : null
  }

  #badHardLink(linkTarget: Buffer | null): string | null {
    const target = treePath(linkTarget ?? Buffer.alloc(0), this.#options.root)
    if (target.kind !== 'path') return 'it is a hard link to something outside of the tree'
    if (this.#put.has(target.path)) return null
    /* A file that changed while it was read stands again later, behind links to it (FORMAT §2). */
    const later = this.#options.trusted && this.#members.isFile(target.path)
    return later ? null : 'it is a hard link to something that is no earlier file of the tree'
  }

  /** Entries come folder by folder: the answer for the last folder is kept. */
  #isBelowNoFolder(path: Buffer): boolean {
    const folder = path.subarray(0, Math.max(0, path.lastIndexOf(0x2f)))
    if (this.#folder?.path.equals(folder) !== true) {
      this.#folder = { path: folder, bad: this.#members.isBelowNoFolder(path) }
    }
    return this.#folder.bad
  }

  #stripped({ mode, pax, type }: GuardEntry): Stripped[] {
    const { trusted } = this.#options
    const bits = trusted || type === 'symlink' ? [] : specialBits(mode)
    return pax === undefined ? bits : [...bits, ...sortRecords(pax, { trusted }).stripped]
  }
}
