import { messageOf } from '../../collectors/mail/message-name.ts'
import { isWithin } from '../mapping/map-path.ts'
import type { RestoreContext } from '../restore-context.ts'
import { archivedMail, keyOf, type ArchivedItem } from './archived-mail.ts'
import { bytesOf, joined, type Box, type BoxLook } from './box-look.ts'
import { keywordLines, keywordsOf, translateLetters, withLetters } from './keyword-letters.ts'
import {
  archivedKeywords,
  isKeywordList,
  keywordListOf,
  keywordsThere,
  type KeywordAddition,
} from './keyword-lists.ts'

/** What messages of the archive are called in a mailbox whose letters may mean other keywords. */
export interface TranslatedMail {
  readonly archived: readonly ArchivedItem[]
  /** The names that a path of the archive got. */
  readonly renamed: (path: Buffer) => Buffer
  /** What the lists over there need before the messages come. */
  readonly additions: readonly KeywordAddition[]
  /** Messages that come without one of their keywords. */
  readonly lost: number
}

/** Whether a list over there stays: letters of messages that are there mean what it says. */
export function keepsKeywords(path: Buffer, { entries }: BoxLook): boolean {
  return isKeywordList(path) && entries.get(keyOf(path))?.type === 'file'
}

function folderOf(path: Buffer): Buffer {
  const place = messageOf(path) ?? path
  return place.subarray(0, Math.max(0, place.lastIndexOf(0x2f)))
}

/**
 * Gives the messages that come the letters of the target's own lists of keywords, and takes the archive's lists only
 * where their folder has none. Looks at lists only where messages have letters; changes nothing.
 */
export async function translateKeywords(
  context: RestoreContext,
  box: Box,
  {
    archived,
    look,
    isComing,
  }: {
    readonly archived: readonly ArchivedItem[]
    readonly look: BoxLook
    readonly isComing: (item: ArchivedItem) => boolean
  },
): Promise<TranslatedMail> {
  const used = new Map<string, { readonly folder: Buffer; readonly letters: Set<string> }>()
  for (const item of archived) {
    const letters = item.message === null ? [] : keywordsOf(item.path)
    if (letters.length === 0 || !isComing(item)) continue
    const folder = folderOf(item.path)
    const one = used.get(keyOf(folder)) ?? { folder, letters: new Set() }
    for (const letter of letters) one.letters.add(letter)
    used.set(keyOf(folder), one)
  }
  if (used.size === 0) return { archived, renamed: (path) => path, additions: [], lost: 0 }
  const there = await keywordsThere(
    context,
    box,
    [...used.values()].map(({ folder }) => folder),
  )
  const translated = new Map<string, ReadonlyMap<string, string | null>>()
  const additions: KeywordAddition[] = []
  const missing: Buffer[] = []
  for (const [key, { folder, letters }] of used) {
    const isThere =
      folder.length === 0 ? look.facts.there === 'folder' : look.entries.get(key)?.type === 'directory'
    const list = keywordListOf(folder)
    const inScope = box.items.length === 0 || box.items.some((item) => isWithin(bytesOf(item), list))
    const entry = look.entries.get(keyOf(list))
    if (!isThere) missing.push(list)
    else if (entry?.type !== 'file' && box.method === 'replace' && inScope) continue
    else if (entry !== undefined && !there.has(key))
      translated.set(key, new Map([...letters].map((letter) => [letter, null])))
    else {
      const from = await archivedKeywords(context.archive, joined(bytesOf(box.from), folder), context)
      const to = there.get(key) ?? new Map<string, string>()
      if (from.size + to.size === 0) continue
      const result = translateLetters({ from, to, used: letters, there: lettersThere(folder, look) })
      translated.set(key, result.letters)
      const lines = keywordLines(result.added)
      if (lines.length > 0) additions.push({ folder, lines })
    }
  }
  const known = new Set(archived.map(({ path }) => keyOf(path)))
  const alone = missing.filter((path) => !known.has(keyOf(path)))
  const lists = alone.length === 0 ? [] : archivedMail(context.archive, bytesOf(box.from), alone)
  let lost = 0
  const names = new Map<string, Buffer>()
  for (const item of archived) {
    const letters = item.message === null ? undefined : translated.get(keyOf(folderOf(item.path)))
    if (letters === undefined || keywordsOf(item.path).length === 0) continue
    const named = withLetters(item.path, letters)
    if (named.lost && isComing(item)) lost += 1
    names.set(keyOf(item.path), named.path)
  }
  const renamed = (path: Buffer) => names.get(keyOf(path)) ?? path
  const rename = (item: ArchivedItem): ArchivedItem => {
    const path = renamed(item.path)
    return path === item.path ? item : { ...item, path, judged: { ...item.judged, path } }
  }
  return { archived: [...archived.map(rename), ...lists], renamed, additions, lost }
}

/** Letters of the messages in a folder over there. */
function lettersThere(folder: Buffer, { messages }: BoxLook): Set<string> {
  const found = new Set<string>()
  for (const path of [...messages.values()].flat()) {
    if (folderOf(path).equals(folder)) for (const letter of keywordsOf(path)) found.add(letter)
  }
  return found
}
