import { PathSet } from '../../archive/path-set.ts'
import type { GuardEntry } from './guard.ts'
import { treePath } from './entry-path.ts'

/** What a path of which there are several entries adds up to. */
interface Repeated {
  readonly mixed: boolean
  /** Which of all entries is its last, counted from 0. */
  readonly last: number
}

const slash = 0x2f

/** All members of a tree, known before the first is put: what is no folder, what is a file, what comes twice. */
export class Members {
  readonly #folders = new PathSet()
  readonly #files = new PathSet()
  readonly #symlinks = new PathSet()
  /** Hard links and specials: two of one path are always refused, so they need not be told apart. */
  readonly #others = new PathSet()
  readonly #repeated = new Map<string, Repeated>()
  #rootIsFolder = true
  #hasHardLinks = false

  constructor(entries: Iterable<GuardEntry>, root: Buffer) {
    let ordinal = 0
    for (const { path, type } of entries) {
      const place = treePath(path, root)
      if (place.kind === 'path') this.#add(place.path, type, ordinal)
      ordinal += 1
    }
  }

  /** What else there is of this path, or null where it comes once. */
  repeated(path: Buffer): Repeated | null {
    return this.#repeated.size === 0 ? null : (this.#repeated.get(path.toString('latin1')) ?? null)
  }

  get hasHardLinks(): boolean {
    return this.#hasHardLinks
  }

  isFile(path: Buffer): boolean {
    return this.#files.has(path)
  }

  /** Whether a member stands at this path that is no folder, alone or among others. */
  isNoFolder(path: Buffer): boolean {
    if (path.length === 0) return !this.#rootIsFolder
    return [this.#files, this.#symlinks, this.#others].some((set) => set.has(path))
  }

  /** Whether a member above this path is no folder. */
  isBelowNoFolder(path: Buffer): boolean {
    if (!this.#rootIsFolder) return true
    for (let at = path.indexOf(slash); at >= 0; at = path.indexOf(slash, at + 1)) {
      if (this.isNoFolder(path.subarray(0, at))) return true
    }
    return false
  }

  #add(path: Buffer, type: GuardEntry['type'], ordinal: number): void {
    if (path.length === 0) {
      this.#rootIsFolder &&= type === 'directory'
      return
    }
    const sets = [this.#folders, this.#files, this.#symlinks, this.#others]
    if (sets.some((set) => set.has(path))) {
      const key = path.toString('latin1')
      const same = type !== 'hardlink' && type !== 'special' && this.#ofType(type).has(path)
      this.#repeated.set(key, { mixed: this.#repeated.get(key)?.mixed === true || !same, last: ordinal })
    }
    this.#ofType(type).add(path)
    if (type === 'hardlink') this.#hasHardLinks = true
  }

  #ofType(type: GuardEntry['type']): PathSet {
    if (type === 'directory') return this.#folders
    if (type === 'file') return this.#files
    return type === 'symlink' ? this.#symlinks : this.#others
  }
}
