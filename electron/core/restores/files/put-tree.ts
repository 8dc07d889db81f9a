import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { isWithin } from '../mapping/map-path.ts'
import { safeTar } from '../guard/safe-tar.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { attributeRecords, tooLong } from './attribute-records.ts'
import { ArchivedTree } from './archived-tree.ts'
import { rewriting } from './configuration.ts'
import { hiddenFiles, namesOfSpecial } from './hidden-files.ts'
import { lookAndCompare } from './look-and-compare.ts'
import { lookAtTarget } from './target-look.ts'
import { Staging } from './staging.ts'
import { checkTree } from './tree-check.ts'
import { treeOperations, unitsOf } from './tree-operations.ts'
import { wantedTrees, type TreeRoot } from './tree-roots.ts'

type Step = StepOf<'put-tree'>

const bytes = (name: string) => Buffer.from(fromRemoteName(name))

/** The tree that a step of a plan means, at the root as the plan found it. */
function treeOf({ from, root, items }: Step, context: StepContext): TreeRoot {
  const place = bytes(from)
  const found = wantedTrees({ ...context, items: null }).find((tree) => tree.from.equals(place))
  return {
    kind: found?.kind ?? 'files',
    component: found?.component ?? 'files',
    held: found?.held ?? [],
    ...{ from: place, root: bytes(root), items: items.map(bytes) },
  }
}

/** How many folders, from the root up, the step made. */
function madeFolders({ noted }: StepContext): number {
  const { madeRoot } = noted()
  return typeof madeRoot === 'number' ? madeRoot : madeRoot === true ? 1 : 0
}

/** Paths that the step put where nothing was, none within another. */
function madeUnits({ noted }: StepContext): Buffer[] {
  const units = noted()['madeUnits']
  return Array.isArray(units) ? units.map((unit) => Buffer.from(String(unit), 'base64')) : []
}

async function prepare(step: Step, context: StepContext): Promise<void> {
  const { archive, mapping, signal } = context
  const tree = treeOf(step, context)
  const { archived, comparison, facts } = await lookAndCompare(context, tree, step.configuration)
  const units =
    tree.items.length > 0
      ? unitsOf(tree.items, (path) => comparison.isFolder(path))
      : [...new Map([...comparison.tops, ...archived.tops]).values()]
  const made = units.filter((unit) => !comparison.isThere(unit)).map((unit) => unit.toString('base64'))
  const root = archive.reader.stat(tree.from)
  const isNew = facts.there === 'none'
  if (isNew || tree.items.length > 0) {
    await context.noteFacts({
      made: isNew || made.length > 0,
      madeUnits: made,
      madeRoot: isNew ? 1 + facts.missing : 0,
    })
  }
  const staging = new Staging(step, context)
  const { stream, later } = safeTar({
    ...{ reader: archive.reader, judged: archived.judged(), root: tree.from, prefix: Buffer.alloc(0) },
    ...{ owner: { uid: step.uid, gid: step.gid }, trusted: archive.trusted, mapping, signal },
    rewrite: rewriting(context, archived),
  })
  const mode = root === null || root.implied ? 0o755 : root.mode & 0o777
  await staging.prepare(
    counted(stream, context, () => later.files),
    isNew ? mode.toString(8) : '',
  )
  const names = namesOfSpecial(archived)
  const records = [
    ...attributeRecords(later, {
      uid: step.uid,
      at: (path) => archived.at(path),
      hidden: step.method === 'exchange' ? hiddenFiles(archived, { mapping, trusted: archive.trusted }) : [],
      names: ({ offset }) => names.get(offset) ?? 1,
    }),
  ]
  if (records.length > 0) {
    const skipped = await staging.setAttributes(pieces(records))
    for (const [what, count] of skipped) context.remark(remarkOf(what, count))
  }
  for (const name of tooLong(later)) {
    context.remark({ text: `An attribute is too long to be set: ${name}.`, remedy: null })
  }
  if (later.strippedCount > 0) {
    context.remark({
      text: `${later.strippedCount} special bits and attributes were not restored, since the archive is not one of ours or they belong to the server.`,
      remedy: null,
    })
  }
  const planned = step.kept.map(bytes)
  const kept = outermost([...planned, ...comparison.keptPaths])
  const time = tree.items.length > 0 || root === null || root.implied ? null : `@${secondsOf(root.mtime)}`
  const { forth, back } = treeOperations({
    ...{ units, kept, time },
    isThere: (path) => comparison.isThere(path),
    isPut: (path) => archived.at(path) !== null,
  })
  await staging.keep(back, { back: true })
  await staging.keep(forth, { back: false })
}

function outermost(paths: readonly Buffer[]): Buffer[] {
  const sorted = [...paths].sort((a, b) => Buffer.compare(a, b))
  const known = new Set<string>()
  return sorted.filter((path) => {
    const text = path.toString('latin1')
    if (known.has(text)) return false
    for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
      if (known.has(text.slice(0, at))) return false
    }
    known.add(text)
    return true
  })
}

function secondsOf(mtime: bigint): string {
  const nanoseconds = ((mtime % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  return `${(mtime - nanoseconds) / 1_000_000_000n}.${String(nanoseconds).padStart(9, '0')}`
}

async function* pieces(records: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (let at = 0; at < records.length; at += 1000) yield Buffer.concat(records.slice(at, at + 1000))
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  { progress }: StepContext,
  items: () => number,
): AsyncGenerator<Buffer> {
  let sent = 0
  for await (const chunk of stream) {
    sent += chunk.length
    progress({ bytes: sent, items: items(), current: null })
    yield chunk
  }
}

const whats: Readonly<Record<string, string>> = {
  own: 'owners',
  mode: 'special modes',
  acl: 'ACLs',
  dacl: 'default ACLs',
  xattr: 'extended attributes',
}

function remarkOf(what: string, count: number) {
  return {
    text: `${count} ${whats[what] ?? what} could not be set at the target.`,
    remedy:
      'Its file system, its users or its tools lack what they need; set them by hand where they matter.',
  }
}

/** Puts a tree of the archive into the place of what lies at the target. See `put-tree.sh`. */
export const putTree: StepKind<Step> = {
  prepare,
  apply: (step, context) => new Staging(step, context).exchange(),
  check(step, context) {
    const tree = treeOf(step, context)
    const kept = step.kept.map(bytes)
    const leaves = [...tree.held.map(({ path }) => path), ...kept]
    const archived = new ArchivedTree(context.archive, { ...tree, leaves })
    archived.rewrite(step.configuration)
    const units = [...tree.items, ...madeUnits(context)]
    return checkTree(context, {
      ...{ component: step.component, root: tree.root, kept, archived },
      wasPut: (path) => tree.items.length === 0 || units.some((unit) => isWithin(unit, path)),
      owners: step.method === 'exchange',
    })
  },
  rollback: (step, context) => new Staging(step, context).back({ unmake: madeFolders(context) }),
  commit: (step, context) => new Staging(step, context).clear(),
  async remove(step, context) {
    const { there } = await lookAtTarget(context, bytes(step.root), () => undefined)
    if (there === 'none') return
    const staging = new Staging(step, context)
    const units = madeUnits(context)
    async function* nothing() {
      yield Buffer.alloc(1024)
    }
    await staging.prepare(nothing(), '')
    await staging.keep(
      units.map((unit) => ['o', unit] as const),
      { back: false },
    )
    await staging.exchange()
    await staging.clear({ unmake: madeFolders(context) })
  },
}
