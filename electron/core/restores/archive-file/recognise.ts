import { AppError, hasCode } from '../../../../shared/errors.ts'
import { placeEntry } from '../../archive/extract-guard.ts'
import type { Budget } from './budget.ts'
import { ShapeSurvey } from './layouts/by-shape.ts'
import { cpanelSign } from './layouts/cpanel.ts'
import { directadminSign } from './layouts/directadmin.ts'
import { hestiaSign } from './layouts/hestia.ts'
import type { Layout, LayoutSign, Place } from './layouts/layout.ts'
import { repackedSign } from './layouts/repacked.ts'
import { tarMembers, type TarMember } from './tar-members.ts'

/** In case of a tie the first counts. */
const signs: readonly LayoutSign[] = [repackedSign, cpanelSign, hestiaSign, directadminSign]
/** Top folders that are looked into; an archive of one account has one. */
const topCap = 50
const clueCap = 65_536
const headLength = 4096

/** What an archive file was recognised as. */
export interface Recognised {
  readonly layout: Layout
  /** The folder that everything of the layout lies in, latin1, or null. */
  readonly top: string | null
  /** Entries of the file itself, not of what is inside of it. */
  readonly entries: number
}

/** The names of a path below the archive's root, latin1, or why it may not be taken over. */
export function namesOf(path: Buffer): { readonly names: readonly string[] } | { readonly why: string } {
  if (/^(?:\.\/+)*\.$/.test(path.toString('latin1'))) return { names: [] }
  const placement = placeEntry(path, 'bytes')
  if (placement.kind === 'refuse') return { why: placement.why }
  return { names: placement.names.map((name) => name.toString('latin1')) }
}

/**
 * Finds out by the names in a tar, and by a few small files, who made it. Throws `invalid-input` where the bytes are no
 * tar, `corrupt` where nothing of it can be read or it is a bomb; damage after the first entry only ends the look.
 */
export async function recognise(
  tar: AsyncIterable<Buffer>,
  { budget, signal }: { readonly budget: Budget; readonly signal: AbortSignal },
): Promise<Recognised> {
  const survey = new Survey()
  try {
    for await (const member of tarMembers(budget.counted(tar), { signal })) {
      budget.entry()
      await survey.member(member)
    }
  } catch (error) {
    if (!isDamage(error) || budget.spent) throw error
    if (survey.entries === 0) throw noTar(error)
  }
  if (survey.entries === 0) throw noTar(null)
  return survey.recognised()
}

/** Damage of the bytes, and not a failure of this computer. */
export function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && (hasCode(error, 'corrupt') || hasCode(error, 'unsupported'))
}

function noTar(cause: unknown): AppError {
  return new AppError(
    'invalid-input',
    'The file holds no tar, so there is nothing in it to browse or restore. Nothing was changed; choose the archive itself.',
    { cause },
  )
}

interface Candidate {
  readonly sign: LayoutSign
  readonly top: string | null
  readonly marks: Map<string, string>
  readonly clues: Map<string, Buffer>
}

class Survey {
  readonly #candidates = new Map<string, Candidate>()
  readonly #shapes = new ShapeSurvey()
  /** Entries below each top folder, the folder's own included. */
  readonly #tops = new Map<string, number>()
  #named = 0
  entries = 0

  async member(member: TarMember): Promise<void> {
    this.entries += 1
    if (member.kind === 'special') return
    const { meta, content } = member
    const place = namesOf(meta.path)
    if ('why' in place) return
    const { names } = place
    this.#mark(null, names, meta.type)
    const [top = '', ...below] = names
    this.#named += 1
    if (this.#tops.has(top) || this.#tops.size < topCap) {
      this.#tops.set(top, (this.#tops.get(top) ?? 0) + 1)
      if (below.length > 0) this.#mark(top, below, meta.type)
    }
    this.#shapes.entry(names, meta.type)
    if (meta.type !== 'file' || content.sparse) return
    const clues = this.#clues(names, meta.size)
    const shape = this.#shapes.wants(names, meta.size)
    if (clues.length === 0 && !shape) return
    const head = await content.head(clues.length > 0 || meta.size < clueCap ? clueCap : headLength)
    for (const { candidate, path } of clues) candidate.clues.set(path, head)
    if (shape) this.#shapes.content(names, head)
  }

  recognised(): Recognised {
    const { entries } = this
    const found = [...this.#candidates.values()].filter(({ sign, marks }) => sign.suffices(marks))
    const [best] = found.sort(
      (a, b) =>
        Number(this.#holdsAll(b)) - Number(this.#holdsAll(a)) ||
        b.marks.size - a.marks.size ||
        signs.indexOf(a.sign) - signs.indexOf(b.sign),
    )
    if (best === undefined) return { layout: this.#shapes.layout(), top: null, entries }
    return { layout: best.sign.layout(best), top: best.top, entries }
  }

  /** What lies in a folder beside others may be what a tenant put there. */
  #holdsAll({ top }: Candidate): boolean {
    return top === null || this.#tops.get(top) === this.#named
  }

  #mark(top: string | null, names: readonly string[], type: Place['type']): void {
    for (const sign of signs) {
      const mark = sign.mark(names, type)
      if (mark === null) continue
      const candidate = this.#candidate(sign, top)
      if (!candidate.marks.has(mark)) candidate.marks.set(mark, names.join('/'))
    }
  }

  #candidate(sign: LayoutSign, top: string | null): Candidate {
    const key = JSON.stringify([sign.kind, top])
    const known = this.#candidates.get(key)
    if (known !== undefined) return known
    const candidate: Candidate = { sign, top, marks: new Map(), clues: new Map() }
    this.#candidates.set(key, candidate)
    return candidate
  }

  /** Whose clue a small file is. */
  #clues(names: readonly string[], size: number): { candidate: Candidate; path: string }[] {
    if (size > clueCap) return []
    const [top = '', ...below] = names
    return signs.flatMap((sign) => [
      ...(sign.clue(names) ? [{ candidate: this.#candidate(sign, null), path: names.join('/') }] : []),
      ...(sign.clue(below) && this.#tops.has(top)
        ? [{ candidate: this.#candidate(sign, top), path: below.join('/') }]
        : []),
    ])
  }
}
