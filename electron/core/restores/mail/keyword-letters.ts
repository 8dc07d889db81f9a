/** Names of keywords, as latin1, by the letter that stands for them in names of messages. */
export type KeywordList = ReadonlyMap<string, string>

/** Dovecot's name of the list; it lies in the folder of mail that it is of. */
export const keywordListName = 'dovecot-keywords'

/** A Maildir has the letters `a` to `z` for them, numbered from 0 in the list. */
const letters = Array.from('abcdefghijklmnopqrstuvwxyz')

/**
 * Reads a list as Dovecot does (src/lib-storage/index/maildir/maildir-keywords.c): `NUMBER NAME` a line; what is none,
 * and the second line of a name, count as not there. Names compare without case. A name that no mail program could
 * have sent (RFC 3501, flag-keyword) counts as not there either.
 */
export function parseKeywordList(bytes: Buffer): Map<string, string> {
  const list = new Map<string, string>()
  const seen = new Set<string>()
  for (const line of bytes.toString('latin1').split('\n')) {
    const [, number, name] = /^(\d{1,2}) ([^\0-\x20\x7f(){%*"\\\]]{1,200})$/.exec(line) ?? []
    const letter = letters[Number(number)]
    if (name === undefined || letter === undefined || seen.has(name.toLowerCase())) continue
    seen.add(name.toLowerCase())
    list.set(letter, name)
  }
  return list
}

/** The lines of a list. */
export function keywordLines(list: KeywordList): string[] {
  return [...list].map(([letter, name]) => `${letters.indexOf(letter)} ${name}`)
}

/** The letters of keywords in the name of a message. */
export function keywordsOf(path: Buffer): string[] {
  const flags = path.lastIndexOf(':2,')
  if (flags < 0 || path.indexOf('/', flags) >= 0) return []
  return [...new Set(/^[^,]*/.exec(path.toString('latin1', flags + 3))?.[0].match(/[a-z]/g) ?? [])]
}

interface Lists {
  /** The list of the archive. */
  readonly from: KeywordList
  /** The list of the target. */
  readonly to: KeywordList
  /** Letters of the messages that come. */
  readonly used: ReadonlySet<string>
  /** Letters of the messages that are there. */
  readonly there: ReadonlySet<string>
}

export interface Translation {
  /** The target's letter for each that comes; null where there is none left, or none was named. */
  readonly letters: ReadonlyMap<string, string | null>
  /** What the target's list lacks. */
  readonly added: KeywordList
}

/**
 * Which letters of the target's list mean what the archive's letters mean. A letter whose name is lost stays where
 * nothing there has it, and is never given to a name, so that no message gets a keyword that it did not have.
 */
export function translateLetters({ from, to, used, there }: Lists): Translation {
  const result = new Map<string, string | null>()
  const added = new Map<string, string>()
  const taken = new Set([...to.keys(), ...there])
  for (const letter of used) {
    if (from.has(letter)) continue
    result.set(letter, taken.has(letter) ? null : letter)
  }
  for (const letter of used) if (!from.has(letter)) taken.add(letter)
  const byName = new Map([...to].map(([letter, name]) => [name.toLowerCase(), letter]))
  const last = Math.max(-1, ...[...to.keys()].map((letter) => letters.indexOf(letter)))
  // Behind the last one first: a session of Dovecot reads its list again for those only.
  const order = [...letters.slice(last + 1), ...letters.slice(0, last + 1)]
  for (const letter of [...used].sort()) {
    const name = from.get(letter)
    if (name === undefined) continue
    const own = to.size === 0 && !taken.has(letter) ? letter : undefined
    const free = own ?? order.find((one) => !taken.has(one))
    const found = byName.get(name.toLowerCase()) ?? free ?? null
    result.set(letter, found)
    if (found === null || byName.has(name.toLowerCase())) continue
    taken.add(found)
    byName.set(name.toLowerCase(), found)
    added.set(found, name)
  }
  return { letters: result, added }
}

/** The name of a message with other letters, in the order that Dovecot gives them; `lost`: some had none. */
export function withLetters(
  path: Buffer,
  translated: Translation['letters'],
): { readonly path: Buffer<ArrayBuffer>; readonly lost: boolean } {
  const old = keywordsOf(path)
  const at = path.lastIndexOf(':2,') + 3
  const text = path.toString('latin1', at)
  const comma = text.indexOf(',')
  const [flags, rest] = comma < 0 ? [text, ''] : [text.slice(0, comma), text.slice(comma)]
  const wanted = old.map((letter) => translated.get(letter) ?? null)
  const found = wanted.filter((letter) => letter !== null)
  const named = `${flags.replace(/[a-z]/g, '')}${[...new Set(found)].sort().join('')}${rest}`
  return {
    path: Buffer.concat([path.subarray(0, at), Buffer.from(named, 'latin1')]),
    lost: wanted.includes(null),
  }
}
