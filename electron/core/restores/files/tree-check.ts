import { plural } from '../../../../shared/format.ts'
import { AppError } from '../../../../shared/errors.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { PathSet } from '../../archive/path-set.ts'
import { isWithin } from '../mapping/map-path.ts'
import type { StepContext } from '../restore-context.ts'
import { modeOf, ownerOf } from './compare-trees.ts'
import type { ArchivedTree } from './archived-tree.ts'
import { isHiddenFrom } from './hidden-files.ts'
import { escapedName } from './sum-line.ts'
import { findPaths, targetAccount, TargetRecords, type TargetEntry } from './target-look.ts'

interface CheckOptions {
  readonly component: string
  readonly root: Buffer
  /** Paths below that are not looked at. */
  readonly kept: readonly Buffer[]
  readonly archived: ArchivedTree
  /** Whether a path was put there; folders on the way to it may have been there, and are as they were. */
  readonly wasPut: (path: Buffer) => boolean
  /** Whether owners could be set. */
  readonly owners: boolean
}

/** Paths that one `find` is told to leave out; more are looked at, and said nothing of. */
const pruned = 500

/**
 * Reads a tree back over there, as the account: SHA-256 of every file, owner, mode, time and target of each entry. What
 * the account may not see was compared before it was put there.
 */
export async function checkTree(context: StepContext, options: CheckOptions): Promise<ComponentReport> {
  const { component, root, kept, archived } = options
  const check = new TreeCheck(context, options)
  const { target, signal } = context
  const values = { ...targetAccount(context), root }
  const run = await target.shell.start('tree-check', {
    values,
    args: findPaths(kept.slice(0, pruned)),
    signal,
  })
  const ended = run.end.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  for await (const chunk of run.output) check.push(chunk as Buffer)
  const end = await ended
  if ('error' in end) throw end.error
  const code = end.value.codes.get('check')
  if (code !== 0 && code !== 1) {
    throw new AppError(
      'remote-failed',
      `${toRemoteName(root)} could not be read back (code ${String(code)}).`,
    )
  }
  const { good, bad, of } = check.finish()
  const rewritten = archived.rewrittenCount
  return {
    ...{ component, unit: 'files', good, of, bad },
    how: `SHA-256 of every file; owner, mode, time and link target of every entry, read back on the server${rewritten === 0 ? '' : `; ${plural(rewritten, 'configuration file')} as rewritten for the target`}`,
  }
}

class TreeCheck {
  readonly #context: StepContext
  readonly #archived: ArchivedTree
  readonly #wasPut: CheckOptions['wasPut']
  readonly #owners: boolean
  readonly #records = new TargetRecords()
  readonly #wrong = new Map<string, string>()
  readonly #seen = new PathSet()
  readonly #hashed = new PathSet()
  readonly #closed: Buffer[] = []
  #rest = Buffer.alloc(0)
  #hashes = false

  constructor(context: StepContext, { archived, wasPut, owners }: Omit<CheckOptions, 'component'>) {
    this.#context = context
    this.#wasPut = wasPut
    this.#owners = owners
    this.#archived = archived
  }

  push(chunk: Buffer): void {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let from = 0
    for (;;) {
      const at = data.indexOf(this.#hashes ? 0x0a : 0, from)
      if (at < 0) break
      this.#take(data.subarray(from, at))
      from = at + 1
    }
    this.#rest = Buffer.from(data.subarray(from))
  }

  finish(): { readonly good: number; readonly of: number; readonly bad: string[] } {
    let of = 0
    for (const { path, entry } of this.#archived.judged()) {
      if (entry.implied || !this.#wasPut(path)) continue
      of += 1
      const hidden = this.#closed.some((folder) => isWithin(folder, path))
      if (!this.#seen.has(path)) {
        if (!hidden) this.#bad(path, 'is not there')
      } else if ((entry.type === 'file' || entry.type === 'hardlink') && !this.#hashed.has(path) && !hidden) {
        this.#bad(path, 'could not be read')
      }
    }
    const bad = [...this.#wrong].map(([path, why]) => `${toRemoteName(Buffer.from(path, 'latin1'))}: ${why}`)
    return { good: of - bad.length, of, bad: bad.slice(0, 1000) }
  }

  #take(record: Buffer): void {
    if (this.#hashes) {
      this.#hash(record)
      return
    }
    if (record.length === 1 && record[0] === 0x3d) {
      this.#hashes = true
      return
    }
    const entry = this.#records.take(record)
    if (entry !== null) this.#entry(entry)
  }

  #entry(entry: TargetEntry): void {
    const { path } = entry
    const put = this.#archived.at(path)
    if (put === null || put.implied || !this.#wasPut(path)) return
    this.#seen.add(path)
    const why = this.#difference(entry, put)
    if (why !== null) this.#bad(path, why)
    const { mapping } = this.#context
    const isHidden = isHiddenFrom(mapping.uid.to, entry)
    if (isHidden && entry.type === 'directory') this.#closed.push(path)
    if (isHidden && entry.type === 'file') this.#hashed.add(path)
  }

  #difference(entry: TargetEntry, put: ListedEntry): string | null {
    const { archive, mapping } = this.#context
    const { trusted } = archive
    if (entry.type !== put.type) return `is a ${entry.type} and not a ${put.type}`
    const owner = ownerOf(put, { mapping, trusted })
    if (this.#owners && (owner.uid !== entry.uid || owner.gid !== entry.gid)) {
      return `belongs to ${entry.uid}:${entry.gid} and not to ${owner.uid}:${owner.gid}`
    }
    if (put.type === 'symlink')
      return put.linkTarget?.equals(entry.linkTarget ?? zero) ? null : 'leads elsewhere'
    const mode = modeOf(put, trusted)
    if (mode !== entry.mode) return `has the mode ${entry.mode.toString(8)} and not ${mode.toString(8)}`
    if (put.type === 'file' && put.size !== entry.size) return `has ${entry.size} bytes and not ${put.size}`
    return put.mtime === entry.mtime ? null : 'has another time'
  }

  #hash(line: Buffer): void {
    const sum = escapedName(line)
    if (sum === null) return
    const { path, hash } = sum
    const put = this.#archived.at(path)
    if (put?.type !== 'file') return
    this.#hashed.add(path)
    if (put.sha256 !== null && put.sha256.toString('hex') !== hash) this.#bad(path, 'has another content')
  }

  #bad(path: Buffer, why: string): void {
    this.#wrong.set(path.toString('latin1'), why)
  }
}

const zero = Buffer.alloc(0)
