import type { PlanList } from '../../../../shared/model/restore-plan.ts'
import { KeptRules } from '../files/kept-rules.ts'
import type { TargetEntry } from '../files/target-look.ts'
import { unitsOf } from '../files/tree-operations.ts'
import { isWithin } from '../mapping/map-path.ts'
import type { RestoreContext } from '../restore-context.ts'
import { archivedMail, keyOf, type ArchivedItem } from './archived-mail.ts'
import { bytesOf, lookAtBox, placeInRoot, shownPath, type Box, type BoxLook } from './box-look.ts'
import { isKeywordList, type KeywordAddition } from './keyword-lists.ts'
import { sameContent } from './same-content.ts'
import { keepsKeywords, translateKeywords } from './translate-keywords.ts'

/** A mailbox of the archive beside what lies at its place now. */
export interface ComparedMail {
  readonly look: BoxLook
  /** All that is wanted of the archive. */
  readonly archived: readonly ArchivedItem[]
  /** What of it is sent. */
  readonly put: readonly ArchivedItem[]
  /** Paths below the mailbox that are exchanged; an empty one is the whole of it. */
  readonly units: readonly Buffer[]
  /** Paths below the mailbox that stay within what is exchanged. */
  readonly kept: readonly Buffer[]
  readonly lists: {
    readonly added: PlanList
    readonly overwritten: PlanList
    readonly deleted: PlanList
    readonly kept: PlanList
  }
  readonly unchanged: number
  readonly bytes: number
  /** What messages of the archive are called there, by their paths in it below the mailbox. */
  readonly renamed: (path: Buffer) => Buffer
  readonly keywords: {
    /** What the lists of keywords over there need first. */
    readonly additions: readonly KeywordAddition[]
    /** Messages that come without one of their keywords. */
    readonly lost: number
  }
}

const listOf = (lines: readonly string[]): PlanList => ({
  count: lines.length,
  first: [...lines].sort().slice(0, 1000),
})

/** Whether a path lies in what is restored and is none of the archive's messages there. */
function isInScope(path: Buffer, { items }: Box): boolean {
  return items.length === 0 || items.some((item) => isWithin(bytesOf(item), path))
}

/** Compares a mailbox with what lies at its place. Changes nothing. */
export async function compareMail(context: RestoreContext, box: Box): Promise<ComparedMail> {
  const look = await lookAtBox(context, box)
  const asArchived = archivedMail(context.archive, bytesOf(box.from), box.items.map(bytesOf))
  const lists = {
    added: [] as string[],
    overwritten: [] as string[],
    deleted: [] as string[],
    kept: [] as string[],
  }
  const known = new Set(asArchived.flatMap(({ message }) => message ?? []))
  const twins =
    box.method === 'merge'
      ? await sameContent(context, box, { archived: asArchived, look })
      : new Set<string>()
  const isThere = (item: ArchivedItem) =>
    item.message === null
      ? look.entries.has(keyOf(item.path))
      : look.messages.has(item.message) || twins.has(item.message)
  const { archived, renamed, ...keywords } = await translateKeywords(context, box, {
    ...{ archived: asArchived, look },
    isComing: (item) => box.method !== 'merge' || !isThere(item),
  })
  let unchanged = 0
  for (const item of archived) {
    if (item.message === null) continue
    const there = look.messages.get(item.message)?.[0]
    const line = shownPath(item.path)
    if (there === undefined && !twins.has(item.message)) lists.added.push(line)
    else if (box.method === 'merge' || there === undefined || isSame(item, there, look)) unchanged += 1
    else lists.overwritten.push(line)
  }
  const rules = new KeptRules(
    context.archive,
    {
      kind: 'mail',
      from: bytesOf(box.from),
      root: bytesOf(box.path),
      held: box.held.map((path) => ({ path: bytesOf(path), by: 'mail' })),
    },
    look.facts.mounts,
  )
  const kept = box.method === 'merge' ? [] : keptPaths(box, { look, known, rules, archived, lists })
  if (box.method === 'merge') {
    for (const [message, paths] of look.messages) {
      if (!known.has(message))
        lists.kept.push(
          ...paths.filter((path) => isInScope(path, box)).map((path) => `${shownPath(path)}: merged with`),
        )
    }
  }
  const put =
    box.method === 'merge'
      ? archived.filter(
          (item) =>
            !isThere(item) &&
            !(look.facts.there === 'folder' && (isUidList(item) || hasKeywordFolder(item, look))),
        )
      : archived.filter(
          (item) =>
            !(isUidList(item) && look.entries.has(keyOf(item.path))) && !keepsKeywords(item.path, look),
        )
  const bytes = put.reduce((sum, { judged: { entry } }) => sum + (entry.type === 'file' ? entry.size : 0), 0)
  const units = unitsFor(box, { look, put, archived, renamed })
  const { added, overwritten, deleted } = lists
  return {
    ...{ look, archived, put, units, kept, unchanged, bytes, renamed, keywords },
    lists: {
      added: listOf(added),
      overwritten: listOf(overwritten),
      deleted: listOf(deleted),
      kept: listOf(lists.kept),
    },
  }
}

/**
 * Numbers of messages. Where a mailbox has such a list it stays: the one of a backup is wrong beside other messages
 * than its own, and gives numbers out again that clients know as those of other messages (RFC 3501, 2.3.1.1).
 */
function isUidList({ path }: { readonly path: Buffer }): boolean {
  return /(^|\/)dovecot-uid(list|validity[^/]*)$/.test(keyOf(path))
}

/** A list of keywords whose folder is there: what that lacks is added to its own list. */
function hasKeywordFolder({ path }: ArchivedItem, { entries }: BoxLook): boolean {
  const slash = path.lastIndexOf(0x2f)
  return (
    isKeywordList(path) && (slash < 0 || entries.get(keyOf(path.subarray(0, slash)))?.type === 'directory')
  )
}

function isSame(item: ArchivedItem, there: Buffer, { entries }: BoxLook): boolean {
  return there.equals(item.path) && entries.get(keyOf(there))?.size === item.judged.entry.size
}

interface Keeping {
  readonly look: BoxLook
  readonly known: ReadonlySet<string>
  readonly rules: KeptRules
  readonly archived: readonly ArchivedItem[]
  readonly lists: { readonly deleted: string[]; readonly kept: string[] }
}

function keptPaths(box: Box, { look, known, rules, archived, lists }: Keeping): Buffer[] {
  const put = new Set(archived.map(({ path }) => keyOf(path)))
  const folders = new Set(
    archived.flatMap(({ judged, path }) => (judged.entry.type === 'directory' ? keyOf(path) : [])),
  )
  const messageAt = new Map(
    [...look.messages].flatMap(([message, paths]) => paths.map((path) => [keyOf(path), message] as const)),
  )
  const kept: Buffer[] = []
  for (const entry of look.entries.values()) {
    const { path } = entry
    const message = messageAt.get(keyOf(path))
    const slash = path.lastIndexOf(0x2f)
    if (
      (isUidList(entry) || keepsKeywords(path, look)) &&
      isInScope(path, box) &&
      (slash < 0 || folders.has(keyOf(path.subarray(0, slash))))
    ) {
      kept.push(path)
      continue
    }
    if (path.length === 0 || put.has(keyOf(path)) || (message !== undefined && known.has(message))) continue
    if (!isInScope(path, box) || kept.some((other) => isWithin(other, path))) continue
    const reason = rules.reason(entry) ?? extraReason(entry, box, rules)
    if (reason !== null) {
      kept.push(path)
      lists.kept.push(`${shownPath(path)}: ${reason}`)
    } else if (entry.type !== 'directory' && !isDovecots(path)) lists.deleted.push(shownPath(path))
  }
  return kept
}

function extraReason({ path, type }: TargetEntry, { keepExtra }: Box, { cut }: KeptRules): string | null {
  const isEmptyPart = type === 'directory' && /(^|\/)(cur|new|tmp)$/.test(keyOf(path))
  return (keepExtra || cut) && !isEmptyPart && !isDovecots(path) ? 'not in the backup' : null
}

function isDovecots(path: Buffer): boolean {
  return /(^|\/)(dovecot[^/]*|maildirfolder|maildirsize|subscriptions)$|(^|\/)tmp\//.test(keyOf(path))
}

/** What is exchanged: as few and as whole folders as can be. */
function unitsFor(
  box: Box,
  { look, put, archived, renamed }: Pick<ComparedMail, 'look' | 'put' | 'archived' | 'renamed'>,
): Buffer[] {
  const { entries, facts } = look
  const isFolder = (path: Buffer) =>
    path.length === 0 ? facts.there === 'folder' : entries.get(keyOf(path))?.type === 'directory'
  if (facts.there !== 'folder') return [Buffer.alloc(0)]
  if (box.method === 'merge')
    return unitsOf(
      put.map(({ path }) => path),
      isFolder,
    ).filter((unit) => !entries.has(keyOf(unit)))
  if (box.items.length > 0) {
    const old = archived.flatMap(({ message }) =>
      message === null ? [] : (look.messages.get(message) ?? []),
    )
    const items = box.items.map((item) => renamed(bytesOf(item)))
    const others = old.filter((path) => !items.some((item) => isWithin(item, path)))
    return unitsOf([...items, ...others], isFolder)
  }
  if (box.held.length === 0 && placeInRoot(box).length > 0) return [Buffer.alloc(0)]
  const tops = new Map<string, Buffer>()
  for (const path of [...archived.map((one) => one.path), ...[...entries.values()].map((one) => one.path)]) {
    const end = path.indexOf(0x2f)
    const top = end < 0 ? path : path.subarray(0, end)
    if (top.length > 0) tops.set(keyOf(top), top)
  }
  return [...tops.values()].filter((top) => !box.held.some((held) => isWithin(top, bytesOf(held))))
}
