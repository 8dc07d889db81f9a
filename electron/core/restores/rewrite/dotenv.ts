import type { Draft } from './draft.ts'
import { bareText, lineLiteral, plainCharacters } from './lines.ts'
import { LiteralBuilder, type Literal } from './literal.ts'
import { rewriteLogin, type Field, type LoginFields, type RewriteRules } from './login.ts'
import { rewriteUrl } from './database-url.ts'

interface Setting {
  readonly key: string
  readonly at: number
  readonly literal: Literal
}

const line = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*/gm

/** The settings of a `.env` file; values in double quotes may go over lines. */
function settingsOf(text: string): Setting[] {
  const settings: Setting[] = []
  const source = text.replace(/^\xef\xbb\xbf/, '   ')
  line.lastIndex = 0
  for (let match = line.exec(source); match !== null; match = line.exec(source)) {
    const at = line.lastIndex
    const rest = source.slice(at)
    const double = /^"((?:[^"\\]|\\[^])*)"/.exec(rest)
    const single = double ?? /^'([^'\r\n]*)'/.exec(rest)
    const raw = single?.[1] ?? /^[^\r\n]*?(?=[ \t]+#|[ \t]*(?:\r?\n|\r|$))/.exec(rest)?.[0] ?? ''
    const literal = double ? doubleQuoted(raw, at + 1) : single ? singleQuoted(raw, at + 1) : bare(raw, at)
    settings.push({ key: match[1] ?? '', at, literal })
    line.lastIndex = at + (single?.[0] ?? raw).length
  }
  return settings
}

function inDoubleQuotes(value: string): string | null {
  return /[\r\n]/.test(value) ? null : value.replaceAll(/[\\"$]/g, '\\$&')
}

function inSingleQuotes(value: string): string | null {
  return /['\r\n\\]/.test(value) ? null : value
}

/** Readers agree on little: a value that needs quotes gets single ones where it can. */
function inQuotes(value: string): string | null {
  const single = inSingleQuotes(value)
  if (single !== null) return `'${single}'`
  const double = inDoubleQuotes(value)
  return double === null ? null : `"${double}"`
}

function doubleQuoted(raw: string, at: number): Literal {
  const builder = new LiteralBuilder()
  for (const { 0: piece, index } of raw.matchAll(/\\["\\$]|\$\{|\$(?=[A-Za-z_])|[^]/g)) {
    if (/^\$(\{|$)/.test(piece) && /^\$[{A-Za-z_]/.test(raw.slice(index))) builder.hole(at + index)
    else builder.add(piece.length === 2 ? piece.slice(1) : piece, at + index)
  }
  return builder.done(at + raw.length, inDoubleQuotes)
}

function singleQuoted(raw: string, at: number): Literal {
  return lineLiteral(raw, at, { ...plainCharacters, encode: inSingleQuotes })
}

function bare(raw: string, at: number): Literal {
  const encodeWhole = (value: string) => bareText(value) ?? inQuotes(value)
  const literal = lineLiteral(raw, at, { ...plainCharacters, encode: bareText, encodeWhole })
  return /\$[{A-Za-z_]/.test(raw) ? { ...literal, open: true } : literal
}

/** Rewrites `DB_DATABASE` and its like, `DATABASE_URL`, and the old paths in every other value. */
export function rewriteDotenv(draft: Draft, rules: RewriteRules): void {
  const settings = settingsOf(draft.text)
  const last = (...keys: string[]): Field | undefined => settings.findLast(({ key }) => keys.includes(key))
  const driver = last('DB_CONNECTION')?.literal?.text ?? ''
  const database = last('DB_DATABASE', 'DB_NAME')
  const login: LoginFields = {
    engine: /pgsql|postgres/i.test(driver) ? 'postgresql' : 'mysql',
    database,
    user: last('DB_USERNAME', 'DB_USER'),
    password: last('DB_PASSWORD', 'DB_PASS'),
  }
  const isFile = /sqlite/i.test(driver) || database?.literal?.text.startsWith('/') === true
  const named = [login.database, login.user, login.password]
  if (!isFile) rewriteLogin(draft, login, rules)
  for (const setting of settings) {
    if (!isFile && named.some((field) => field?.at === setting.at)) continue
    if (/^(DATABASE|DB)_URL$/.test(setting.key) && rewriteUrl(draft, setting, rules)) continue
    if (/PASS(WORD)?$/.test(setting.key)) continue
    draft.paths(setting.literal, rules.finder)
  }
}
