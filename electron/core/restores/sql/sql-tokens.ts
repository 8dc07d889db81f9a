import { conditional, isActive } from './lexing.ts'
import type { Lexing, TargetServer } from './lexing.ts'

/** A token of a statement; comments are none. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** As it stands in the statement. */
  readonly text: string
  /** In capitals if it is a word, bare if it is a name, else as `text`. */
  readonly value: string
  /** Whether a space or a comment was before it. */
  readonly gap: boolean
  readonly from: number
  readonly to: number
}

const space = /[ \t\r\n\f\v]+/y
const lineComment = /(?:#|--(?=[\x00-\x20]|$))[^\n]*/y
const comment = /\/\*(?!M?!)[^]*?(?:\*\/|$)/y
const word = /[\w$\x80-\xff]+/y
const number = /(?:0x[0-9a-f]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)(?![\w$\x80-\xff])/iy
const closing = '*/'

/** Length of what a sticky pattern matches at an offset, 0 if it does not. */
function length(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

/** Offset after the quoted text that begins at `from`; the end of the text where it never ends. */
function afterQuote(text: string, from: number, escapes: boolean): number {
  const quote = text[from]
  for (let i = from + 1; i < text.length; i += 1) {
    if (text[i] === '\\' && escapes) i += 1
    else if (text[i] === quote) {
      if (text[i + 1] !== quote) return i + 1
      i += 1
    }
  }
  return text.length
}

/**
 * The tokens of a statement, whose bytes are given as latin1, as the target reads it: those in conditional comments
 * that it executes are tokens like all others, those in the rest are left out. A generator, for of a long program only
 * the head need be read.
 */
export function* tokensOf(text: string, lexing: Lexing, server: TargetServer): Generator<Token, void> {
  let at = 0
  let gap = false
  let shown = true
  while (at < text.length) {
    const skipped = length(space, text, at) || length(lineComment, text, at) || length(comment, text, at)
    const marker = skipped === 0 ? markerAt(text, at, server) : null
    if (skipped > 0 || marker !== null || text.startsWith(closing, at)) {
      gap = true
      if (marker !== null) shown = marker.active
      else if (skipped === 0) shown = true
      at += skipped > 0 ? skipped : (marker?.length ?? closing.length)
      continue
    }
    const token = tokenAt(text, at, gap, lexing)
    if (shown) yield token
    gap = !shown
    at = token.to
  }
}

function markerAt(
  text: string,
  at: number,
  server: TargetServer,
): { length: number; active: boolean } | null {
  conditional.lastIndex = at
  const found = conditional.exec(text)
  if (found === null) return null
  const marker = { mariadb: found[1] !== '', version: Number(found[2] ?? 0) }
  return { length: found[0].length, active: isActive(marker, server) }
}

function tokenAt(text: string, from: number, gap: boolean, { backslash, ansiQuotes }: Lexing): Token {
  const first = text[from] ?? ''
  const make = (kind: Token['kind'], to: number): Token => {
    const own = text.slice(from, to)
    const value = kind === 'word' ? own.toUpperCase() : kind === 'name' ? bare(own) : own
    return { kind, text: own, value, gap, from, to }
  }
  if (first === '`') return make('name', afterQuote(text, from, false))
  if (first === '"' && ansiQuotes) return make('name', afterQuote(text, from, false))
  if (first === '"' || first === "'") return make('string', afterQuote(text, from, backslash))
  const digits = length(number, text, from)
  if (digits > 0) return make('number', from + digits)
  const letters = length(word, text, from)
  return letters > 0 ? make('word', from + letters) : make('symbol', from + 1)
}

function bare(text: string): string {
  const quote = text[0] ?? ''
  return text.slice(1, -1).replaceAll(quote + quote, quote)
}

/** Tokens as a statement without comments. */
export function textOf(tokens: Iterable<Token>): string {
  let text = ''
  let last = ''
  for (const token of tokens) {
    // Two minus signs could become a comment.
    const apart = text !== '' && (token.gap || (last === '-' && token.text === '-'))
    text += apart ? ` ${token.text}` : token.text
    last = token.text
  }
  return text
}

/** Whether a token is this word, unquoted. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.value)
}

/** Whether a token is this symbol. */
export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol
}

/** A name, quoted or not, or null. */
export function nameOf(token: Token | undefined): string | null {
  if (token?.kind === 'name') return token.value
  return token?.kind === 'word' ? token.text : null
}
