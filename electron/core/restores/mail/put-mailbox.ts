import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { plural } from '../../../../shared/format.ts'
import { attributeRecords } from '../files/attribute-records.ts'
import { treeOperations } from '../files/tree-operations.ts'
import { safeTar } from '../guard/safe-tar.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { archivedFolder, archivedMail, keyOf, messageKey } from './archived-mail.ts'
import { bytesOf, joined, lookAtBox, placeInRoot } from './box-look.ts'
import { carryOver, stagingOf } from './carry-over.ts'
import { checkMail } from './check-mail.ts'
import { compareMail } from './compare-mail.ts'
import { addKeywords, fromNote, noteOf, removeKeywords } from './keyword-lists.ts'
import { lostKeywords } from './lost-keywords.ts'

type Step = StepOf<'put-mailbox'>

async function* pieces(records: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (let at = 0; at < records.length; at += 1000) yield Buffer.concat(records.slice(at, at + 1000))
}

async function prepare(step: Step, context: StepContext): Promise<void> {
  const { archive, mapping, signal } = context
  const { look, put, archived, units, kept, renamed, keywords } = await compareMail(context, step)
  await context.noteFacts({ keywords: noteOf(keywords.additions) })
  if (keywords.lost > 0) context.remark(lostKeywords(keywords.lost, step.component.slice(5)))
  const inRoot = placeInRoot(step)
  const there = look.facts.there === 'folder'
  const isThere = (path: Buffer) => (path.length === 0 ? there : look.entries.has(keyOf(path)))
  const made = units.filter((unit) => !isThere(unit)).map((unit) => unit.toString('base64'))
  if (made.length > 0 && (step.items.length > 0 || look.facts.there === 'none'))
    await context.noteFacts({ made: true, madeUnits: made })
  if (context.saved?.stat(bytesOf(step.saved)) == null) {
    await context.noteFacts({ known: [...look.messages.keys()] })
  }
  const root = await lookAtBox(context, step, bytesOf(step.root))
  if (root.facts.there === 'none') await context.noteFacts({ made: true, madeRoot: 1 + root.facts.missing })
  const staging = stagingOf(step, context)
  const isWhole = inRoot.length > 0 && units.some((unit) => unit.length === 0)
  const folder = isWhole ? archivedFolder(archive, bytesOf(step.from)) : null
  const { stream, later } = safeTar({
    ...{
      reader: archive.reader,
      judged: [...(folder === null ? [] : [folder]), ...put.map(({ judged }) => judged)],
      root: bytesOf(step.from),
      prefix: inRoot,
      renamed,
    },
    ...{ owner: { uid: step.uid, gid: step.gid }, trusted: archive.trusted, mapping, signal },
  })
  await staging.prepare(stream, '750')
  const byPath = new Map(archived.map(({ path, judged }) => [keyOf(path), judged.entry]))
  const records = attributeRecords(
    { owners: [], modes: ownMode(), acls: later.acls.map(placed), xattrs: later.xattrs.map(placed) },
    { uid: step.uid, at: (path) => byPath.get(keyOf(path)) ?? null, hidden: [], names: () => 1 },
  )
  const all = [...records]
  if (all.length > 0) await staging.setAttributes(pieces(all))
  /** A mailbox that is exchanged whole keeps its mode; a new one has that of the backup. */
  function ownMode() {
    if (!isWhole) return []
    const archivedMode = archive.reader.stat(bytesOf(step.from))
    const mode = look.entries.get('')?.mode ?? (archivedMode?.implied === false ? archivedMode.mode : 0o700)
    return [{ path: inRoot, mode: mode & 0o777 }]
  }
  function placed<T extends { readonly path: Buffer }>(one: T): T {
    return { ...one, path: joined(inRoot, one.path) }
  }
  const sent = put.map(({ path }) => path)
  const below = (path: Buffer) => path.subarray(inRoot.length === 0 ? 0 : inRoot.length + 1)
  const { forth, back } = treeOperations({
    units: units.map((unit) => joined(inRoot, unit)),
    kept: kept.map((path) => joined(inRoot, path)),
    time: null,
    isThere: (path) => path.length >= inRoot.length && isThere(below(path)),
    isPut: (path) => path.length <= inRoot.length || sent.some((one) => startsWith(one, below(path))),
  })
  const above = there ? [] : await missingAbove(step, context, inRoot)
  await staging.keep([...back, ...[...above].reverse().map((path) => ['P', path] as const)], { back: true })
  await staging.keep([...above.map((path) => ['p', path] as const), ...forth], { back: false })
  if (above.length > 0) await context.noteFacts({ madeAbove: above.map((path) => path.toString('base64')) })
}

function startsWith(path: Buffer, folder: Buffer): boolean {
  return (
    path.equals(folder) || (path.subarray(0, folder.length).equals(folder) && path[folder.length] === 0x2f)
  )
}

/** Folders on the way to the mailbox that are not there, the outermost first. */
async function missingAbove(step: Step, context: StepContext, inRoot: Buffer): Promise<Buffer[]> {
  const missing: Buffer[] = []
  for (let at = inRoot.indexOf(0x2f); at >= 0; at = inRoot.indexOf(0x2f, at + 1)) {
    const folder = inRoot.subarray(0, at)
    const { facts } = await lookAtBox(context, step, joined(bytesOf(step.root), folder))
    if (facts.there === 'none') missing.push(folder)
  }
  return missing
}

/** How many folders, from the one that the mailbox waited in up, root made for its owner. */
function madeFolders({ noted }: StepContext): number {
  const { madeRoot } = noted()
  return typeof madeRoot === 'number' ? madeRoot : 0
}

/** Whether a message that is in the old mailbox only is gone on purpose: it is saved, so it was there before. */
function knownMessages(step: Step, { saved, noted }: StepContext): (message: string) => boolean {
  const { known } = noted()
  if (Array.isArray(known)) {
    const names = new Set(known.map(String))
    return (message) => names.has(message)
  }
  if (saved === null) return () => false
  const names = new Set<string>()
  const prefix = bytesOf(step.saved)
  for (const { path } of saved.entries()) {
    if (!startsWith(path, prefix)) continue
    const message = messageKey(path.subarray(prefix.length + 1))
    if (message !== null) names.add(message)
  }
  return (message) => names.has(message)
}

async function carryArrivals(step: Step, context: StepContext): Promise<void> {
  const isKnown = knownMessages(step, context)
  const old = await carryOver(step, context, { area: 'old', isKnown })
  const late = await carryOver(step, context, { area: 'late', isKnown })
  if (old + late === 0) return
  context.remark({
    text: `${plural(old + late, 'message')} that came to ${step.component.slice(5)} meanwhile stayed.`,
    remedy: null,
  })
}

/** Puts messages into a mailbox, all as the mailbox's owner. See `put-tree.sh`. */
export const putMailbox: StepKind<Step> = {
  prepare,
  async apply(step, context) {
    const additions = fromNote(context.noted()['keywords'])
    if (additions.length > 0) {
      await context.noteFacts({ keywordsAdding: true })
      await addKeywords(context, step, additions)
    }
    await stagingOf(step, context).exchange()
    await carryArrivals(step, context)
  },
  check: checkMail,
  async rollback(step, context) {
    const staging = stagingOf(step, context)
    await staging.back({ stay: true })
    const { keywords, keywordsAdding } = context.noted()
    if (keywordsAdding === true) {
      await removeKeywords(context, step, fromNote(keywords))
      await context.noteFacts({ keywordsAdding: false })
    }
    const ours = new Set(
      archivedMail(context.archive, bytesOf(step.from), []).flatMap(({ message }) => message ?? []),
    )
    const isKnown = (message: string) => ours.has(message)
    await carryOver(step, context, { area: 'new', isKnown })
    await carryOver(step, context, { area: 'late', isKnown })
    await staging.clear({ unmake: madeFolders(context) })
  },
  async commit(step, context) {
    await carryArrivals(step, context)
    await stagingOf(step, context).clear()
  },
  async remove(step, context) {
    const { madeUnits, madeAbove } = context.noted()
    const [units, above] = [madeUnits, madeAbove].map((list) =>
      Array.isArray(list) ? list.map((path) => Buffer.from(String(path), 'base64')) : [],
    ) as [Buffer[], Buffer[]]
    const { facts, messages } = await lookAtBox(context, step)
    const staging = stagingOf(step, context)
    const unmake = madeFolders(context)
    if (facts.there === 'none') {
      if (unmake > 0) await staging.clear({ unmake })
      return
    }
    async function* nothing() {
      yield Buffer.alloc(1024)
    }
    await staging.prepare(nothing(), '')
    const inRoot = placeInRoot(step)
    const now = units.flatMap((unit) => messages.get(messageKey(unit) ?? '') ?? [unit])
    const operations = [
      ...now.map((unit) => ['o', joined(inRoot, unit)] as const),
      ...above.reverse().map((path) => ['P', path] as const),
    ]
    await staging.keep(operations, { back: false })
    await staging.exchange()
    await staging.clear({ unmake })
  },
}
