import { createHash, type Hash } from 'node:crypto'
import type { ComponentSummary, InnerManifest } from '../../../shared/model/backup.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import { dumpFault, dumpKind } from './dump-check.ts'
import type { WalkedEntry } from './entry-walk.ts'
import { decodeIndexLine, type IndexEntry } from './index-decode.ts'
import type { EntryText, IndexEntryLines } from './index-entry-lines.ts'
import { entryLine } from './index-lines.ts'
import { PathSet } from './path-set.ts'
import type { SegmentPlace } from './segment-read.ts'
import type { Findings } from './verify-report.ts'

interface ComponentTally {
  readonly summary: ComponentSummary
  readonly lines: Hash
  /** Bytes of tar in which the last header blocks of its entries lie. */
  readonly start: number
  readonly end: number
  items: number
  bytes: number
}

interface CheckOptions {
  readonly manifest: InnerManifest | null
  readonly segments: readonly SegmentPlace[]
  /** Null: there is no index to compare with. */
  readonly lines: IndexEntryLines | null
  readonly findings: Findings
}

const ctimeField = /,"c":"-?[0-9]+"/
/**
 * Compares the entries of an archive, in order, with its index and with the components of its manifest, and looks
 * at dumps and hard links. Holds 32 bytes an entry at most.
 */
export class EntryCheck {
  readonly #lines: IndexEntryLines | null
  readonly #findings: Findings
  readonly #components: readonly ComponentTally[]
  /** What a hard link may name: GNU tar makes them of symbolic links too. */
  readonly #targets = new PathSet()
  #component = 0
  #next: EntryText | null = null

  constructor({ manifest, segments, lines, findings }: CheckOptions) {
    this.#lines = lines
    this.#findings = findings
    this.#components = (manifest?.components ?? []).flatMap((summary) => {
      const [from, to] = summary.segments ?? [0, -1]
      const first = segments[from]
      const last = segments[to]
      const none = first === undefined || last === undefined || to < from
      if (none && summary.segments !== null) {
        findings.add('component', `The manifest says that ${summary.name} lies in pieces that there are not.`)
      }
      const start = none ? 0 : first.tarOffset
      const end = none ? 0 : last.tarOffset + last.tarLength
      return [{ summary, lines: createHash('sha256'), start, end, items: 0, bytes: 0 }]
    })
  }

  /** To be called before the first entry. */
  async begin(): Promise<void> {
    await this.#advance()
  }

  async entry(entry: WalkedEntry): Promise<void> {
    this.#count(entry)
    this.#lookAtDump(entry)
    this.#lookAtLink(entry)
    const own = entryLine(entry.meta, {
      offset: entry.offset,
      sha256: entry.sha256?.toString('hex') ?? null,
    })
    const text = this.#lines === null ? null : await this.#matching(entry, own)
    this.#tally(entry, text ?? { line: own.slice(0, -1), parts: [] })
  }

  /**
   * What the index still has, and what the components came to. Their hashes cover lines that only the index has, so
   * they are compared where there is one.
   */
  async finish(): Promise<void> {
    for (let left = entryIn(this.#next); left !== null; left = entryIn(this.#next)) {
      this.#missing(left)
      await this.#advance()
    }
    for (const { summary, lines, items, bytes } of this.#components) {
      const { name } = summary
      if (items !== summary.items || bytes !== summary.bytes) {
        this.#findings.add(
          'component',
          `${name} has ${items} entries and ${bytes} bytes, the manifest says ${summary.items} and ${summary.bytes}.`,
        )
      }
      if (this.#lines !== null && lines.digest('hex') !== summary.sha256) {
        this.#findings.add(
          'component',
          `The index lines of ${name} are not those that the manifest was made from.`,
        )
      }
    }
  }

  /** The index line of this entry, or null where there is none. */
  async #matching(entry: WalkedEntry, own: string): Promise<EntryText | null> {
    const text = this.#next
    if (text !== null && saysTheSame(text.line, own)) {
      await this.#advance()
      return text
    }
    return this.#search(entry, own)
  }

  /** Goes on in the index up to this entry's place, and says what differs. */
  async #search(entry: WalkedEntry, own: string): Promise<EntryText | null> {
    let indexed = entryIn(this.#next)
    while (indexed !== null && indexed.offset < entry.offset) {
      this.#missing(indexed)
      await this.#advance()
      indexed = entryIn(this.#next)
    }
    const text = this.#next
    if (text === null || indexed === null || indexed.offset !== entry.offset) {
      this.#add('index', entry, 'is in the archive and not in the index')
      return null
    }
    this.#compare(entry, indexed, own)
    await this.#advance()
    return text
  }

  #compare(entry: WalkedEntry, indexed: IndexEntry, own: string): void {
    const walked = decodeIndexLine(own)
    if (walked.kind !== 'entry') return
    const fields = ['path', 'type', 'size', 'mode', 'uid', 'gid', 'mtime', 'sha256', 'linkTarget'] as const
    const other = fields.filter((field) => !same(walked.entry[field], indexed[field]))
    if (other.length > 0) this.#add('entry', entry, `is not what the index says: ${other.join(', ')} differ`)
  }

  async #advance(): Promise<void> {
    this.#next = (await this.#lines?.next()) ?? null
  }

  #tally({ meta, header }: WalkedEntry, { line, parts }: EntryText): void {
    let tally = this.#components[this.#component]
    while (tally !== undefined && tally.end <= header) tally = this.#components[++this.#component]
    if (tally === undefined || header < tally.start) return
    tally.items += 1
    tally.bytes += meta.size
    tally.lines.update(`${[line, ...parts].join('\n')}\n`)
  }

  #count({ meta }: WalkedEntry): void {
    const { counts } = this.#findings
    counts.entries += 1
    counts.contentBytes += meta.size
    if (meta.type === 'file') counts.files += 1
    else if (meta.type === 'directory') counts.folders += 1
    else counts.links += 1
  }

  #lookAtDump(entry: WalkedEntry): void {
    const kind = dumpKind(entry.meta)
    if (kind === null) return
    this.#findings.counts.dumps += 1
    const fault = dumpFault(kind, entry)
    if (fault !== null) this.#add('dump', entry, fault)
  }

  #lookAtLink(entry: WalkedEntry): void {
    const { type, path, linkTarget } = entry.meta
    if (type === 'hardlink' && linkTarget !== undefined && !this.#targets.has(linkTarget)) {
      this.#add('hard-link', entry, 'is a hard link to nothing that comes before it')
    }
    if (type !== 'directory') this.#targets.add(path)
  }

  #missing({ path }: IndexEntry): void {
    const name = toRemoteName(path)
    this.#findings.add('index', `${name} is in the index and not in the archive.`, name)
  }

  #add(code: 'index' | 'entry' | 'dump' | 'hard-link', { meta }: WalkedEntry, what: string): void {
    const name = toRemoteName(meta.path)
    this.#findings.add(code, `${name} ${what}.`, name)
  }
}

/** Whether an index line is the one that this entry gets, apart from the ctime, which no tar has. */
function saysTheSame(line: string, own: string): boolean {
  return own.length === line.length + 1 ? own.startsWith(line) : own === `${line.replace(ctimeField, '')}\n`
}

function entryIn(text: EntryText | null): IndexEntry | null {
  const line = text === null ? null : decodeIndexLine(text.line)
  return line?.kind === 'entry' ? line.entry : null
}

function same(a: unknown, b: unknown): boolean {
  return a instanceof Buffer && b instanceof Buffer ? a.equals(b) : a === b
}
