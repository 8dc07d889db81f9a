import { PathSet } from '../../archive/path-set.ts'

const slash = 0x2f

/**
 * Keeps the entries of a tree that changes while it is read from contradicting each other: nothing lies below what is
 * no folder, which whoever opens the archive would have to follow as a link or could not make at all.
 */
export class TreeShape {
  /** Folders, whether they came as entries themselves or only with something in them. */
  readonly #folders = new PathSet()
  readonly #leaves = new PathSet()

  /** Takes an entry in; false where the first reading of its path, or of a path above, was of another kind. */
  admit(path: Buffer, isFolder: boolean): boolean {
    if (isFolder ? this.#leaves.has(path) : this.#folders.has(path)) return false
    const above: Buffer[] = []
    for (let at = path.lastIndexOf(slash); at > 0; at = path.lastIndexOf(slash, at - 1)) {
      const folder = path.subarray(0, at)
      if (this.#folders.has(folder)) break
      if (this.#leaves.has(folder)) return false
      above.push(folder)
    }
    for (const folder of above) this.#folders.add(folder)
    if (isFolder) this.#folders.add(path)
    else this.#leaves.add(path)
    return true
  }
}
