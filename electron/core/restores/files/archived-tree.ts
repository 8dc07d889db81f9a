import type { ConfigurationFile } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { PathSet } from '../../archive/path-set.ts'
import type { Judged } from '../guard/guard.ts'
import { judgeArchive, type SpecialEntry } from '../guard/judge-archive.ts'
import { isWithin } from '../mapping/map-path.ts'
import type { RestoreArchive } from '../restore-context.ts'
import type { TreeRoot } from './tree-roots.ts'

type Chosen = Pick<TreeRoot, 'from' | 'items'> & { readonly leaves: readonly Buffer[] }

/** What a file of the archive becomes on its way into the tree. */
export interface RewrittenFile {
  /** Below the root: the name that says what kind of configuration it is. */
  readonly path: string
  readonly size: number
  readonly sha256: Buffer
}

/** What a restore puts of one tree of an archive. */
export class ArchivedTree {
  readonly #archive: RestoreArchive
  readonly #chosen: Chosen
  readonly #put = new PathSet()
  readonly #rewritten = new Map<number, RewrittenFile>()
  /** `PATH: why not`, the first thousand. */
  readonly refused: string[] = []
  refusedCount = 0
  entries = 0
  bytes = 0
  /** Names directly in the root, with something to put. */
  readonly tops = new Map<string, Buffer>()

  /** `leaves`: paths below the root that are not touched, though the archive may have something there. */
  constructor(archive: RestoreArchive, chosen: Chosen) {
    this.#archive = archive
    this.#chosen = chosen
    for (const { entry, path, verdict } of this.#judged()) {
      if (!this.#isChosen(path)) continue
      if (verdict.action === 'refuse' || entry.type === 'special') {
        this.refusedCount += 1
        const why = verdict.action === 'refuse' ? verdict.why : 'it is special'
        if (this.refused.length < 1000) this.refused.push(`${toRemoteName(path)}: ${why}`)
        continue
      }
      this.#put.add(path)
      this.entries += 1
      if (entry.type === 'file') this.bytes += entry.size
      const end = path.indexOf(0x2f)
      const top = end < 0 ? path : path.subarray(0, end)
      if (top.length > 0) this.tops.set(top.toString('latin1'), top)
    }
  }

  /** What is put, as the guard judged it, in the order of the archive; without the root itself. */
  *judged(): Generator<Judged<ListedEntry>> {
    for (const judged of this.#judged()) {
      const { entry, path, verdict } = judged
      if (entry.type === 'special' || verdict.action === 'refuse' || !this.#isChosen(path)) continue
      if (path.length > 0) yield { entry, path, verdict }
    }
  }

  /** What is put at a path; a folder that only what is in it tells of, too. */
  at(path: Buffer): ListedEntry | null {
    const { from } = this.#chosen
    const entry = this.#archive.reader.stat(Buffer.concat([from, Buffer.from('/'), path]))
    if (entry === null) return null
    if (entry.implied) return [...this.#chosen.leaves].some((leaf) => isWithin(leaf, path)) ? null : entry
    if (!this.#put.has(path)) return null
    const file =
      entry.type === 'hardlink' ? { ...this.#archive.reader.resolve(entry), path: entry.path } : entry
    const rewritten = this.rewritten(file)
    return rewritten === null ? file : { ...file, size: rewritten.size, sha256: rewritten.sha256 }
  }

  /** From here on these files are what they become, under each of their names. */
  rewrite(files: readonly ConfigurationFile[]): void {
    for (const { path, result } of files) {
      const file = result === null ? null : this.at(Buffer.from(fromRemoteName(path)))
      if (result === null || file?.type !== 'file') continue
      this.bytes += result.size - file.size
      const sha256 = Buffer.from(result.sha256, 'hex')
      this.#rewritten.set(file.offset, { path, size: result.size, sha256 })
    }
  }

  /** What a file becomes; null where it stays as it is in the archive. */
  rewritten({ offset }: ListedEntry): RewrittenFile | null {
    return this.#rewritten.get(offset) ?? null
  }

  get rewrittenCount(): number {
    return this.#rewritten.size
  }

  #judged(): Iterable<Judged<ListedEntry | SpecialEntry>> {
    const { reader, trusted } = this.#archive
    return judgeArchive(reader, { root: this.#chosen.from, trusted })
  }

  #isChosen(path: Buffer): boolean {
    const { items, leaves } = this.#chosen
    if (leaves.some((leaf) => isWithin(leaf, path))) return false
    return items.length === 0 || items.some((item) => isWithin(item, path) || isWithin(path, item))
  }
}
