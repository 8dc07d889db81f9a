/*
 * Names are kept as their bytes, one character each (latin1): a dump may be in any character set, and what is written
 * again must be the same bytes.
 */

/** A name in backticks. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** A name as people write it. `charset`: that of the client which sent it. */
export function shownName(name: string, charset: string): string {
  return /^utf8/.test(charset) ? Buffer.from(name, 'latin1').toString('utf8') : name
}

/** The bytes of a name that people wrote. */
export function nameBytes(name: string, charset: string): string {
  return /^utf8/.test(charset) ? Buffer.from(name, 'utf8').toString('latin1') : name
}

/** The beginning of a piece of a dump, for people: one line, nothing that a terminal would obey. */
export function shownText(bytes: Buffer | string): string {
  const text = (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).toString('utf8')
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/[\p{C}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .trim()
  return line.length > 100 ? `${line.slice(0, 100)}…` : line
}
