import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { encodedName } from '../../collectors/encoded-name.ts'
import { excludeGlobs } from '../../collectors/files/exclude-globs.ts'
import type { RestoreArchive } from '../restore-context.ts'
import type { TargetEntry } from './target-look.ts'
import type { TreeRoot } from './tree-roots.ts'

/** Warnings that say that something was there and is not in the backup. */
const missing: ReadonlySet<string> = new Set([
  'special-file',
  'unreadable',
  'vanished',
  'too-large',
  'not-permitted',
  'other-owner-skipped',
  'component-failed',
])

/** A tree whose rules are asked for. */
export type HeldTree = Pick<TreeRoot, 'from' | 'root' | 'held'> & {
  readonly kind: 'files' | 'paths' | 'mail'
}

/** What a backup would not hold though it existed, so that a restore leaves it alone. */
export class KeptRules {
  /** The backup's list of what it lacks is cut: everything that it has not is kept. */
  readonly cut: boolean
  readonly #reasons = new Map<string, string>()
  readonly #excluded: (path: Buffer) => boolean
  readonly #mounts: ReadonlySet<string>
  readonly #tagged = new Set<string>()
  readonly #tags: boolean

  constructor({ facts }: Pick<RestoreArchive, 'facts'>, tree: HeldTree, mounts: readonly Buffer[]) {
    const component = facts?.components.find(
      ({ kind, name }) =>
        kind === tree.kind &&
        (kind === 'mail'
          ? tree.from
              .toString()
              .startsWith(`mail/${name === '_local' ? name : encodedName(fromRemoteName(name))}/`)
          : kind === 'files' || `paths${name}` === tree.from.toString('utf8')),
    )
    this.cut = component !== undefined && component.warningCount > component.warnings.length
    for (const { path, why } of facts?.skipped ?? []) this.#add(tree, path, why)
    for (const { path, code, note } of component?.warnings ?? []) {
      if (missing.has(code)) this.#add(tree, path, note ?? code)
    }
    for (const { path, by } of tree.held) this.#reasons.set(key(path), `part of ${by}`)
    const globs = excludeGlobs(facts?.exclude ?? [], {
      path: tree.root.toString('utf8'),
      isHome: tree.kind === 'files',
    })
    this.#excluded = (path) => globs.matches(path)
    this.#mounts = new Set(mounts.map(key))
    this.#tags = facts?.tags === true
  }

  /** Why something that the backup has not stays, or null. Folders must be asked for before what is in them. */
  reason(entry: TargetEntry): string | null {
    const { path } = entry
    if (this.isMount(entry)) return 'another file system'
    const known = this.#reasons.get(key(path))
    if (known !== undefined) return known
    if (entry.type === 'special') return 'a socket, FIFO or device'
    if (this.#excluded(path)) return 'excluded by a glob'
    const cut = path.lastIndexOf(0x2f)
    return this.#tags && this.#tagged.has(cut < 0 ? '' : key(path.subarray(0, cut)))
      ? 'in a folder with a .nobackup file'
      : null
  }

  isMount({ path, mounted }: TargetEntry): boolean {
    return mounted || this.#mounts.has(key(path))
  }

  /** The folder of this path holds a `.nobackup` file. */
  tag(path: Buffer): void {
    const cut = path.lastIndexOf(0x2f)
    if (this.#tags) this.#tagged.add(cut < 0 ? '' : key(path.subarray(0, cut)))
  }

  #add({ from }: HeldTree, name: string, why: string): void {
    const path = Buffer.from(fromRemoteName(name))
    if (
      path.length > from.length &&
      path.subarray(0, from.length).equals(from) &&
      path[from.length] === 0x2f
    ) {
      this.#reasons.set(key(path.subarray(from.length + 1)), why)
    }
  }
}

const key = (path: Buffer) => path.toString('latin1')
