import { AppError, hasCode } from '../../../shared/errors.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import { parseHead } from './archive-head.ts'
import type { EntryMeta } from './archive-writer.ts'
import type { ByteSource } from './byte-source.ts'
import { dumpKind } from './dump-check.ts'
import { EntryCheck } from './entry-check.ts'
import { walkEntries, type Keep, type WalkedEntry, type WalkStep } from './entry-walk.ts'
import { IndexEntryLines } from './index-entry-lines.ts'
import { compareHead } from './manifest-compare.ts'
import type { LocatedManifest } from './manifest-locate.ts'
import type { SegmentPlace } from './segment-read.ts'
import type { Findings } from './verify-report.ts'

interface EntriesOptions {
  /** Null for a foreign archive, of which only the tar itself is checked. */
  readonly located: LocatedManifest | null
  readonly segments: readonly SegmentPlace[]
  readonly index: ByteSource | null
  readonly findings: Findings
  readonly signal: AbortSignal
}

const firstName = 'holdfast.json'
const lastName = 'manifest.json'

/**
 * Walks the tar of an archive and compares every entry with index and manifest, and beginning and end with FORMAT
 * §2. A null in `tar` stands for a damaged piece: the walk ends there, the rest is only read.
 */
export async function checkEntries(
  tar: AsyncGenerator<Buffer | null, void, undefined>,
  { located, segments, index, findings, signal }: EntriesOptions,
): Promise<void> {
  const manifest = located?.manifest ?? null
  await using lines = index === null ? null : new IndexEntryLines(index, { signal })
  const check = new EntryCheck({ manifest, segments, lines, findings })
  const ends = new EndsCheck(located, findings)
  try {
    await check.begin()
    for await (const steps of walkEntries(untilDamage(tar), { signal, keep: keepOf })) {
      for (const step of steps) {
        ends.step(step)
        if (step.kind === 'entry') await check.entry(step.entry)
      }
    }
    await check.finish()
  } catch (error) {
    if (!(error instanceof AppError) || !(hasCode(error, 'corrupt') || hasCode(error, 'unsupported')))
      throw error
    const told = error instanceof Damage
    if (!told) findings.add('tar', error.message)
  }
  for await (const _ of tar);
}

/** Ends a walk where the bytes are damaged, which was noted already. */
class Damage extends AppError {
  constructor() {
    super('corrupt', 'The archive is damaged here; the rest of it was only read.')
  }
}

/** Passes chunks on without owning their generator, so that what follows the damage can still be read. */
async function* untilDamage(tar: AsyncGenerator<Buffer | null, void, undefined>): AsyncGenerator<Buffer> {
  for (let step = await tar.next(); step.done !== true; step = await tar.next()) {
    if (step.value === null) throw new Damage()
    yield step.value
  }
}

function keepOf(meta: EntryMeta): Keep {
  const path = meta.path.toString('latin1')
  if (path === firstName || path === lastName) return 'content'
  return dumpKind(meta) === null ? 'nothing' : 'edges'
}

/** The first and last entry, the closing blocks, and nothing that cannot be restored between. */
class EndsCheck {
  readonly #located: LocatedManifest | null
  readonly #findings: Findings
  #first = true
  #last: WalkedEntry | null = null

  constructor(located: LocatedManifest | null, findings: Findings) {
    this.#located = located
    this.#findings = findings
  }

  step(step: WalkStep): void {
    if (this.#located === null) return
    if (step.kind === 'entry') {
      if (this.#first) this.#begins(step.entry, this.#located)
      this.#last = step.entry
    } else if (step.kind === 'special') {
      const path = toRemoteName(step.path)
      this.#findings.add('entry', `${path} is of a kind that an archive of ours never holds.`, path)
    } else {
      this.#ends(step.trailing)
    }
    this.#first = false
  }

  #begins({ meta, content }: WalkedEntry, { manifest }: LocatedManifest): void {
    const head = meta.path.toString() === firstName && content !== null ? parseHead(content) : null
    if (head === null) this.#findings.add('tar', `The archive does not begin with ${firstName}.`)
    else compareHead(head, manifest, this.#findings)
  }

  #ends(trailing: number): void {
    if (this.#last?.meta.path.toString() !== lastName) {
      this.#findings.add('tar', `The archive does not end with ${lastName}.`)
    }
    if (trailing > 0) this.#findings.add('tar', `${trailing} bytes follow the closing blocks of the tar.`)
  }
}
