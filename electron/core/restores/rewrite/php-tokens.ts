import { LiteralBuilder, type Literal } from './literal.ts'

/** A piece of PHP code. Comments, spaces and what is outside of `<?php` are not handed out. */
export type PhpToken =
  | { readonly kind: 'word' | 'mark'; readonly at: number; readonly text: string }
  | { readonly kind: 'string'; readonly at: number; readonly literal: Literal }
  /** A heredoc, nowdoc or command in backticks. */
  | { readonly kind: 'block'; readonly at: number; readonly text: string }

const space = /[ \t\r\n\f\v]+/y
const comment = /(?:\/\/|#(?!\[))(?:(?!\?>)[^\r\n])*|\/\*[^]*?(?:\*\/|$)/y
const word = /\$?[A-Za-z0-9_\x80-\xff]+/y
const single = /'((?:[^'\\]|\\[^])*)'/y
const double = /"((?:[^"\\]|\\[^])*)"/y
const backticks = /`(?:[^`\\]|\\[^])*`/y
const heredoc =
  /<<<[ \t]*(["']?)([A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)\1\r?\n(?:[^]*?\n)??[ \t]*\2(?![A-Za-z0-9_\x80-\xff])/y
const mark = /=>|->|::|[^]/y

/**
 * Splits PHP source (bytes as latin1) into tokens, as far as settings need it. Offsets count from the start of the
 * file. Source without an opening tag has none. Nothing is executed.
 */
export function phpTokens(source: string): PhpToken[] {
  const tokens: PhpToken[] = []
  for (let at = openingTag(source, 0); at < source.length;) {
    const taken = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at
      return pattern.exec(source)
    }
    if (source.startsWith('?>', at)) {
      at = openingTag(source, at)
      tokens.push({ kind: 'mark', at, text: ';' })
      continue
    }
    const skipped = taken(space) ?? taken(comment)
    const match =
      skipped ??
      taken(heredoc) ??
      taken(backticks) ??
      taken(single) ??
      taken(double) ??
      taken(word) ??
      taken(mark)
    const text = match?.[0] ?? ''
    if (skipped === null) tokens.push(token(text, at))
    at += Math.max(text.length, 1)
  }
  return tokens
}

function openingTag(source: string, from: number): number {
  const tags = /<\?(?:php(?=\s|$)|=)/gi
  tags.lastIndex = from
  return tags.exec(source) === null ? source.length : tags.lastIndex
}

function token(text: string, at: number): PhpToken {
  if (text.length > 1 && text.startsWith("'")) return { kind: 'string', at, literal: singleQuoted(text, at) }
  if (text.length > 1 && text.startsWith('"')) return { kind: 'string', at, literal: doubleQuoted(text, at) }
  if (text.startsWith('`') || text.startsWith('<<<')) return { kind: 'block', at, text }
  return { kind: /^[$A-Za-z0-9_\x80-\xff]/.test(text) && text !== '$' ? 'word' : 'mark', at, text }
}

function singleQuoted(raw: string, at: number): Literal {
  const builder = new LiteralBuilder()
  for (const { 0: piece, index } of raw.slice(1, -1).matchAll(/\\[\\']|[^]/g)) {
    builder.add(piece.length === 2 ? piece.slice(1) : piece, at + 1 + index)
  }
  return builder.done(at + raw.length - 1, (value) => value.replaceAll(/[\\']/g, '\\$&'))
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  e: '\x1b',
  f: '\f',
  '\\': '\\',
  $: '$',
  '"': '"',
}
const doublePiece =
  /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u\{([0-9A-Fa-f]{1,6})\}|([ntrvef\\$"]))|(\$[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*|\$\{|\{\$)|[^]/g

function doubleQuoted(raw: string, at: number): Literal {
  const builder = new LiteralBuilder()
  for (const match of raw.slice(1, -1).matchAll(doublePiece)) {
    const [piece, octal, hex, unicode, letter, hole] = match
    const place = at + 1 + match.index
    if (hole !== undefined) builder.hole(place)
    else if (octal !== undefined) builder.add(String.fromCharCode(Number.parseInt(octal, 8) & 0xff), place)
    else if (hex !== undefined) builder.add(String.fromCharCode(Number.parseInt(hex, 16)), place)
    else if (unicode !== undefined) builder.add(codePoint(Number.parseInt(unicode, 16)), place)
    else if (letter !== undefined) builder.add(escapes[letter] ?? letter, place)
    else builder.add(piece, place)
  }
  return builder.done(at + raw.length - 1, (value) =>
    value
      .replaceAll(/[\\"$]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r'),
  )
}

function codePoint(code: number): string {
  return code > 0x10ffff ? '' : Buffer.from(String.fromCodePoint(code)).toString('latin1')
}
