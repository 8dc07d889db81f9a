import type { EntryMap, EntryMeta } from '../../archive/archive-writer.ts'
import { PathSet } from '../../archive/path-set.ts'
import { liesBelow } from './scan-records.ts'
import { TreeShape } from './tree-shape.ts'

/** Files from this size on are not read again only because they grew: that costs more than it mends. */
export const largeFile = 1024 ** 3

const slash = Buffer.from('/')
const key = (path: Buffer) => path.toString('latin1')

/**
 * Remembers what was read of one root, and gives each entry of a tar its place in the archive. Paths are relative
 * to the root.
 */
export class ReadSoFar {
  readonly #written = new PathSet()
  readonly #shape = new TreeShape()
  #count = 0
  /** Hard links whose file was left out: to be read again as files. */
  readonly orphans: Buffer[] = []
  /** Regular files of at least `largeFile` bytes. */
  readonly #large = new Set<string>()
  /** Other names of a file that are in the archive as hard links to it. */
  readonly #links = new Map<string, Buffer[]>()
  readonly #messages = new PathSet()
  /** Names of messages without their folders. */
  readonly #messageNames = new PathSet()
  #messageCount = 0
  readonly #prefix: Buffer
  readonly #leftOut: ReadonlySet<string>
  readonly #messageOf: (path: Buffer) => Buffer | null

  /**
   * `leftOut`: paths that do not go into the archive, nor what lies below them. `messageOf`: what a file stays while
   * it is renamed, or null for one that is only its name.
   */
  constructor(
    prefix: Buffer,
    leftOut: Iterable<Buffer>,
    messageOf: (path: Buffer) => Buffer | null = () => null,
  ) {
    this.#prefix = prefix
    this.#leftOut = new Set([...leftOut].map(key))
    this.#messageOf = messageOf
  }

  /** How many messages are in the archive, each counted once whatever its names were. */
  get messageCount(): number {
    return this.#messageCount
  }

  /** How many paths are in the archive. */
  get count(): number {
    return this.#count
  }

  isWritten(path: Buffer): boolean {
    return this.#written.has(path)
  }

  /** Whether the path is in the archive, or the message that it is under another name. */
  isKnown(path: Buffer): boolean {
    if (this.isWritten(path)) return true
    const message = this.#messageOf(path)
    return message !== null && this.#messages.has(message)
  }

  /** The message that a path is: its name without folder and flags, and whether the archive has it in any folder. */
  messageAt(path: Buffer): { readonly name: string; readonly isThere: boolean } | null {
    const message = this.#messageOf(path)
    if (message === null) return null
    const name = lastPart(message)
    return { name: key(name), isThere: this.#messageNames.has(name) }
  }

  isLarge(path: Buffer): boolean {
    return this.#large.has(key(path))
  }

  isLeftOut(path: Buffer): boolean {
    if (this.#leftOut.size === 0) return false
    return this.#leftOut.has(key(path)) || liesBelow(path, this.#leftOut)
  }

  /** A file and the names that are hard links to it, in the order in which they must be read. */
  withLinks(path: Buffer): Buffer[] {
    return [path, ...(this.#links.get(key(path)) ?? [])]
  }

  /** Where a path stands in the archive. */
  place(path: Buffer): Buffer {
    return path.length === 0 ? this.#prefix : Buffer.concat([this.#prefix, slash, path])
  }

  /**
   * An `EntryMap` for tars whose names `locate` turns into paths, or null for what does not belong here. What was
   * written before is left out, except for files and links in `again`, and so is what contradicts it.
   */
  map(locate: (name: Buffer) => Buffer | null, again: ReadonlySet<string> = new Set()): EntryMap {
    return (entry) => {
      const path = locate(entry.path)
      if (path === null || this.isLeftOut(path)) return null
      if (this.isKnown(path) && (entry.type === 'directory' || !again.has(key(path)))) return null
      if (!this.#shape.admit(path, entry.type === 'directory')) return null
      const placed = { ...entry, path: this.place(path) }
      if (entry.type !== 'hardlink') return this.#note(path, placed)
      const target = locate(entry.linkTarget ?? Buffer.alloc(0))
      if (target === null || !this.isWritten(target)) {
        this.orphans.push(path)
        return null
      }
      this.#addLink(target, path)
      return this.#note(path, { ...placed, linkTarget: this.place(target) })
    }
  }

  #note(path: Buffer, entry: EntryMeta): EntryMeta {
    if (!this.isWritten(path)) this.#count += 1
    this.#written.add(path)
    const message = entry.type === 'directory' ? null : this.#messageOf(path)
    if (message !== null && !this.#messages.has(message)) {
      this.#messages.add(message)
      this.#messageNames.add(lastPart(message))
      this.#messageCount += 1
    }
    if (entry.type === 'file' && entry.size >= largeFile) this.#large.add(key(path))
    return entry
  }

  #addLink(target: Buffer, path: Buffer): void {
    const links = this.#links.get(key(target))
    if (links === undefined) this.#links.set(key(target), [path])
    else if (!links.some((known) => known.equals(path))) links.push(path)
  }
}

function lastPart(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(0x2f) + 1)
}

/** `./a/b` and `a/b` as `a/b`; the root as the empty path. */
export function fromRoot(name: Buffer): Buffer {
  if (name.length === 1 && name[0] === 0x2e) return Buffer.alloc(0)
  return name[0] === 0x2e && name[1] === 0x2f ? name.subarray(2) : name
}
