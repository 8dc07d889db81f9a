import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { PlanList } from '../../../../shared/model/restore-plan.ts'
import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { PathSet } from '../../archive/path-set.ts'
import { isWithin } from '../mapping/map-path.ts'
import { mapOwner } from '../mapping.ts'
import type { ArchivedTree } from './archived-tree.ts'
import type { KeptRules } from './kept-rules.ts'
import type { TargetEntry } from './target-look.ts'

/** A list that may be long. */
class Listing {
  count = 0
  readonly first: string[] = []

  add(line: string): void {
    this.count += 1
    if (this.first.length < 1000) this.first.push(line)
  }

  get list(): PlanList {
    return { count: this.count, first: this.first }
  }
}

interface CompareOptions {
  readonly archived: ArchivedTree
  readonly rules: KeptRules
  readonly items: readonly Buffer[]
  readonly keepExtra: boolean
  readonly mapping: RestoreMapping
  readonly trusted: boolean
}

/** What lies over there against what is put: told of every entry, folders before what is in them. */
export class TreeComparison {
  readonly added = new Listing()
  readonly overwritten = new Listing()
  readonly deleted = new Listing()
  readonly kept = new Listing()
  unchanged = 0
  deletedBytes = 0
  /** All that stay, none below another. */
  readonly keptPaths: Buffer[] = []
  /** Things that stay and for which what is put has no place, since something above them is no folder. */
  readonly stuck: Buffer[] = []
  /** Mount points below what is exchanged: these cannot be moved. */
  readonly mounts: Buffer[] = []
  /** Entries of other owners than the account. */
  foreign = 0
  /** Names directly in the root. */
  readonly tops = new Map<string, Buffer>()
  readonly #options: CompareOptions
  readonly #seen = new PathSet()
  readonly #folders = new PathSet()
  #inside: Buffer | null = null

  constructor(options: CompareOptions) {
    this.#options = options
  }

  /** Whether the path is there, as a folder. */
  isFolder(path: Buffer): boolean {
    return path.length === 0 || this.#folders.has(path)
  }

  isThere(path: Buffer): boolean {
    return this.#seen.has(path)
  }

  take(entry: TargetEntry): void {
    const { path, type } = entry
    const { items, archived, rules, mapping } = this.#options
    if (path.length === 0) return
    if (!path.includes(0x2f)) this.tops.set(path.toString('latin1'), path)
    this.#seen.add(path)
    if (type === 'directory') this.#folders.add(path)
    if (this.#inside !== null && isWithin(this.#inside, path)) return
    if (items.length > 0 && !items.some((item) => isWithin(item, path))) return
    if (entry.uid !== mapping.uid.to || entry.gid !== mapping.gid.to) this.foreign += 1
    const put = archived.at(path)
    if (rules.isMount(entry)) {
      this.#keep(entry, 'another file system')
      return
    }
    if (put !== null) {
      this.#compare(entry, put)
      return
    }
    const reason = rules.reason(entry) ?? (this.#options.keepExtra || rules.cut ? 'not in the backup' : null)
    if (reason !== null) {
      this.#keep(entry, reason)
      return
    }
    this.deleted.add(toRemoteName(path))
    this.deletedBytes += entry.size
  }

  /** When everything over there was told of. */
  finish(): void {
    const { archived } = this.#options
    for (const { path } of archived.judged()) if (!this.#seen.has(path)) this.added.add(toRemoteName(path))
  }

  #keep(entry: TargetEntry, reason: string): void {
    const { path } = entry
    this.kept.add(`${toRemoteName(path)}: ${reason}`)
    this.keptPaths.push(path)
    if (entry.type === 'directory') this.#inside = path
    const units = this.#options.items
    const isUnit = units.length === 0 ? !path.includes(0x2f) : units.some((unit) => unit.equals(path))
    if (!isUnit && this.#options.rules.isMount(entry)) this.mounts.push(path)
    for (let at = path.indexOf(0x2f); at >= 0; at = path.indexOf(0x2f, at + 1)) {
      const above = this.#options.archived.at(path.subarray(0, at))
      if (above !== null && above.type !== 'directory') this.stuck.push(path)
    }
  }

  #compare(entry: TargetEntry, put: ListedEntry): void {
    if (isSame(entry, put, this.#options)) this.unchanged += 1
    else this.overwritten.add(toRemoteName(entry.path))
  }
}

/** The mode that an entry gets. */
export function modeOf({ mode }: ListedEntry, trusted: boolean): number {
  return mode & (trusted ? 0o7777 : 0o777)
}

/** Whose an entry becomes. */
export function ownerOf(
  entry: ListedEntry,
  { mapping, trusted }: Pick<CompareOptions, 'mapping' | 'trusted'>,
) {
  return trusted && !entry.implied
    ? mapOwner(mapping, entry)
    : { uid: mapping.uid.to, gid: mapping.gid.to, own: true }
}

function isSame(
  entry: TargetEntry,
  put: ListedEntry,
  options: Pick<CompareOptions, 'mapping' | 'trusted'>,
): boolean {
  if (entry.type !== put.type) return false
  if (put.implied) return true
  const owner = ownerOf(put, options)
  if (owner.uid !== entry.uid || owner.gid !== entry.gid) return false
  if (put.type === 'symlink')
    return put.linkTarget !== null && entry.linkTarget?.equals(put.linkTarget) === true
  if (modeOf(put, options.trusted) !== entry.mode) return false
  return put.type === 'directory' || (entry.size === put.size && entry.mtime === put.mtime)
}
