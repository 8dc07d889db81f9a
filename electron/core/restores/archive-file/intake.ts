import type { EntryMeta } from '../../archive/archive-writer.ts'
import { dumpFault } from '../../archive/dump-check.ts'
import { PathSet } from '../../archive/path-set.ts'
import { messageOf } from '../../collectors/mail/message-name.ts'
import type { Budget } from './budget.ts'
import { sniffedBytes } from './compression.ts'
import { EdgeTee } from './edge-tee.ts'
import { HashCollector } from './hash-facts.ts'
import { bytesOf, type ComponentKey, type Decision, type Place } from './layouts/layout.ts'
import type { MemberOutput } from './member-output.ts'
import { isDamage, namesOf, type Recognised } from './recognise.ts'
import { Tally } from './tally.ts'
import { tarMembers, type MemberContent, type TarMember } from './tar-members.ts'

/** Small files that are rewritten or that hashes are taken from are held in memory; larger ones are none. */
const wholeCap = 4 * 1024 * 1024

type Kept = Extract<Decision, { kind: 'keep' }>
type Settled = Exclude<Decision, { kind: 'open' | 'structure' }>

interface IntakeOptions {
  readonly recognised: Recognised
  readonly output: MemberOutput
  readonly budget: Budget
  readonly signal: AbortSignal
}

/** Puts the entries of a foreign archive, and of the archives in it, where our layout has them, and counts. */
export class Intake {
  readonly tally = new Tally()
  readonly hashes = new HashCollector()
  readonly #options: IntakeOptions
  /** Files so far, by their place in our layout: what a hard link may name. */
  readonly #files = new PathSet()
  /** Symbolic links so far, below which nothing may lie. */
  readonly #links = new PathSet()
  #linkCount = 0

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Takes a whole tar. Damage after its first entry is noted as a fault, and what came before it stays. */
  async take(tar: AsyncIterable<Buffer>, inside: string | null): Promise<void> {
    const { budget, signal } = this.#options
    let entries = 0
    try {
      for await (const member of tarMembers(budget.counted(tar), { signal })) {
        budget.entry()
        await this.#member(member, inside)
        entries += 1
      }
    } catch (error) {
      if (!isDamage(error) || budget.spent) throw error
      const what = inside === null ? 'The archive' : inside
      this.tally.fault(
        `${what} is damaged after ${entries} entries, which are here; the rest is missing. ${error.message}`,
      )
    }
  }

  async #member(member: TarMember, inside: string | null): Promise<void> {
    const path = member.kind === 'special' ? member.path : member.meta.path
    const place = this.#place(path)
    if ('why' in place) {
      this.tally.refuse(path, place.why)
      return
    }
    if (member.kind === 'special') {
      this.tally.refuse(path, 'it is a socket, FIFO or device')
      return
    }
    const { meta, content } = member
    if (content.sparse && !this.#options.budget.fits(meta.size)) {
      this.tally.refuse(path, `it is a sparse file that would become ${meta.size} bytes`)
      return
    }
    const decision = this.#decide(place, meta.type, inside)
    if (decision.kind === 'structure') return
    if (decision.kind === 'open' && !content.sparse) {
      await this.#open(place.names.join('/'), content)
      return
    }
    await this.#settle(
      decision.kind === 'open' ? { kind: 'unknown', why: 'It is stored as a sparse file.' } : decision,
      {
        ...{ meta, content, inside },
        path: place.names.join('/'),
      },
    )
  }

  #place(
    path: Buffer,
  ): { readonly names: readonly string[]; readonly outside: boolean } | { readonly why: string } {
    const { top } = this.#options.recognised
    const place = namesOf(path)
    if ('why' in place || top === null) return 'why' in place ? place : { ...place, outside: false }
    const [first, ...names] = place.names
    return first === top ? { names, outside: false } : { names: place.names, outside: true }
  }

  #decide(
    { names, outside }: { names: readonly string[]; outside: boolean },
    type: Place['type'],
    inside: string | null,
  ): Decision {
    if (names.length === 0) return { kind: 'structure' }
    if (outside && inside === null)
      return { kind: 'unknown', why: 'It lies beside the folder that holds the account.' }
    const decision = this.#options.recognised.layout.decide({ names, type, inside })
    if (decision.kind !== 'keep' || type === 'file' || type === 'directory') return decision
    const kind = decision.component?.kind ?? null
    const isPlain = kind === null || kind === 'mysql' || kind === 'postgresql' || kind === 'cron'
    return isPlain ? { kind: 'unknown', why: 'It is a link where a file is expected.' } : decision
  }

  async #open(path: string, content: MemberContent): Promise<void> {
    const { signal, budget } = this.#options
    try {
      await this.take(sniffedBytes(content, { signal }), path)
    } catch (error) {
      if (!isDamage(error) || budget.spent) throw error
      this.tally.fault(`${path} could not be opened. ${error.message}`)
    }
  }

  async #settle(decision: Settled, entry: Entry): Promise<void> {
    const { path, inside, meta } = entry
    const original = inside === null ? path : `${inside}!/${path}`
    const to = decision.kind === 'keep' ? decision.to : `other/${original}`
    if ('why' in namesOf(bytesOf(to))) {
      this.tally.refuse(meta.path, 'its place would lead out of the archive')
      return
    }
    const why = this.#linkFault(to, entry)
    if (why !== null) {
      this.tally.refuse(meta.path, why)
      return
    }
    const stored = { ...meta, path: bytesOf(to), ...this.#linkTarget(entry) }
    const bytes = await this.#write(decision, stored, entry)
    if (bytes === null) return
    if (meta.type === 'file') this.#files.add(stored.path)
    if (meta.type === 'symlink') {
      this.#links.add(stored.path)
      this.#linkCount += 1
    }
    this.#count(decision, { original, bytes, meta })
  }

  #count(
    decision: Settled,
    { original, bytes, meta }: { original: string; bytes: number; meta: EntryMeta },
  ): void {
    if (decision.kind === 'unknown') this.tally.unknown(original, decision.why, bytes)
    else if (decision.kind === 'panel') this.tally.panel(decision.group, decision.what, bytes)
    else if (decision.component !== null) {
      const message = meta.type === 'file' && messageOf(bytesOf(decision.to)) !== null
      this.tally.kept(decision.component, {
        bytes,
        message,
        from: decision.from,
        evidence: decision.evidence,
      })
    }
  }

  /** Writes one entry. Resolves to the bytes of content, or null where it could not be read, which was noted. */
  async #write(decision: Settled, stored: EntryMeta, { meta, content, path }: Entry): Promise<number | null> {
    const { output, signal, budget } = this.#options
    if (meta.type !== 'file') {
      await output.plain(stored)
      return 0
    }
    const kept = decision.kind === 'keep' ? decision : null
    const learn = decision.kind === 'unknown' ? undefined : decision.learn
    if ((learn ?? kept?.rewrite) !== undefined && meta.size <= wholeCap) {
      const read = await content.whole(wholeCap)
      learn?.(read, this.hashes)
      const whole = kept?.rewrite?.(read) ?? read
      await output.whole({ ...stored, size: whole.length }, whole)
      return whole.length
    }
    const edges = new EdgeTee()
    if (kept?.inflate !== true) {
      await output.file(stored, edges.through(content))
      this.#checkDump(kept, edges)
      return meta.size
    }
    try {
      const size = await output.unsized(
        stored,
        edges.through(budget.counted(sniffedBytes(content, { signal }))),
      )
      this.#checkDump(kept, edges)
      return size
    } catch (error) {
      if (!isDamage(error) || budget.spent) throw error
      this.tally.fault(`${path} could not be read and is left out. ${error.message}`)
      return null
    }
  }

  #checkDump(kept: Kept | null, edges: EdgeTee): void {
    if (kept?.component?.kind !== 'mysql' || !/\/(?!_)[^/]+\.sql$/.test(kept.to)) return
    const fault = dumpFault('mysql', edges)
    if (fault !== null)
      this.#warn(
        kept.component,
        `${kept.from} ${fault}: it may be cut, or was made by a program that writes no end.`,
      )
  }

  #warn(key: ComponentKey, sentence: string): void {
    this.tally.warn(key, sentence)
  }

  /** Why an entry cannot be where its archive has it, or null. */
  #linkFault(to: string, entry: Entry): string | null {
    if (this.#linkCount > 0) {
      for (let at = to.indexOf('/'); at > 0; at = to.indexOf('/', at + 1)) {
        if (this.#links.has(bytesOf(to.slice(0, at)))) return 'it lies below a link'
      }
    }
    if (entry.meta.type !== 'hardlink') return null
    const target = this.#targetOf(entry)
    return target === null || !this.#files.has(target)
      ? 'it is a hard link to a file that is not in the archive before it'
      : null
  }

  #linkTarget(entry: Entry): { linkTarget?: Buffer } {
    const target = entry.meta.type === 'hardlink' ? this.#targetOf(entry) : null
    return target === null ? {} : { linkTarget: target }
  }

  /** Where the file that a hard link names was put. */
  #targetOf({ meta, inside }: Entry): Buffer | null {
    const place = this.#place(meta.linkTarget ?? Buffer.alloc(0))
    if ('why' in place) return null
    const decision = this.#decide(place, 'file', inside)
    if (decision.kind === 'keep')
      return decision.rewrite !== undefined || decision.inflate === true ? null : bytesOf(decision.to)
    if (decision.kind === 'open' || decision.kind === 'structure') return null
    const path = place.names.join('/')
    return bytesOf(inside === null ? `other/${path}` : `other/${inside}!/${path}`)
  }
}

interface Entry {
  readonly meta: EntryMeta
  readonly content: MemberContent
  /** Below the top folder, latin1. */
  readonly path: string
  readonly inside: string | null
}
