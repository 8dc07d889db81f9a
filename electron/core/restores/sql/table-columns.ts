import { quotedName } from './names.ts'
import { isSymbol, isWord, nameOf, textOf } from './sql-tokens.ts'
import { closing, tableName } from './table-parts.ts'
import { definitionWords, forbiddenInside } from './table-words.ts'
import type { Token } from './sql-tokens.ts'
import type { Deferred, Refusal, TableChange, TableOptions } from './table-parts.ts'

interface Columns {
  readonly parts: readonly (readonly Token[])[]
  readonly changes: readonly TableChange[]
  readonly deferred: readonly Deferred[]
}

/** Checks columns, keys and constraints, and takes out what refers to something beyond the table. */
export function readColumns(
  parts: readonly Token[][],
  options: TableOptions & { readonly table: string },
): Columns | Refusal {
  const kept: (readonly Token[])[] = []
  const changes: TableChange[] = []
  const deferred: Deferred[] = []
  const table = quotedName(options.table)
  for (const part of parts) {
    const wrong = wrongWord(part)
    if (wrong !== null) return wrong
    const reference = withoutQualifier(part, options)
    if (typeof reference === 'string') return reference
    if (reference.qualified) changes.push('qualifier')
    if (options.withoutForeignKeys && isForeignKey(part)) {
      changes.push('foreign-key')
      deferred.push({
        kind: 'foreign-key',
        table: options.table,
        sql: `ALTER TABLE ${table} ADD ${textOf(reference.tokens)}`,
      })
      continue
    }
    const column = withoutSequence(reference.tokens, options)
    if (typeof column === 'string') return column
    if (column.value !== null) {
      changes.push('sequence-default')
      const name = quotedName(nameOf(part[0]) ?? '')
      const sql = `ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT ${column.value}`
      deferred.push({ kind: 'sequence-default', table: options.table, sql })
    }
    if (column.tokens.some((token) => isSymbol(token, '.'))) return 'not-understood'
    kept.push(column.tokens)
  }
  return { parts: kept, changes, deferred }
}

function isForeignKey(part: readonly Token[]): boolean {
  const at = isWord(part[0], 'CONSTRAINT') ? (isWord(part[1], 'FOREIGN') ? 1 : 2) : 0
  return isWord(part[at], 'FOREIGN') && isWord(part[at + 1], 'KEY')
}

/** Outside of brackets every word must be known or a call; inside, none may reach beyond the row. */
function wrongWord(part: readonly Token[]): Refusal | null {
  let depth = 0
  let named = false
  for (const [at, token] of part.entries()) {
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    if (token.kind === 'word') {
      if (forbiddenInside.has(token.value)) return 'forbidden-word'
      const isValue = named || (at === 0 && !isKeyword(part)) || token.value.startsWith('_')
      const isCall = isSymbol(part[at + 1], '(')
      if (
        depth === 0 &&
        !isValue &&
        !isCall &&
        !isLiteralPrefix(part, at) &&
        !definitionWords.has(token.value)
      )
        return 'not-understood'
    }
    named = isWord(token, ...beforeNames) || (isWord(token, 'SET') && isWord(part[at - 1], 'CHARACTER'))
  }
  return null
}

const beforeNames = ['COLLATE', 'CHARSET', 'KEY', 'INDEX', 'CONSTRAINT', 'REFERENCES']

/** Whether a definition begins with a word that is no column's name. */
function isKeyword(part: readonly Token[]): boolean {
  const begins = [
    'PRIMARY',
    'UNIQUE',
    'KEY',
    'INDEX',
    'CONSTRAINT',
    'FOREIGN',
    'CHECK',
    'FULLTEXT',
    'SPATIAL',
    'PERIOD',
    'VECTOR',
  ]
  return isWord(part[0], ...begins)
}

/** b'0', x'00', n'…'. */
function isLiteralPrefix(part: readonly Token[], at: number): boolean {
  return isWord(part[at], 'B', 'X', 'N') && part[at + 1]?.kind === 'string'
}

/** REFERENCES with an unqualified name. */
function withoutQualifier(
  part: readonly Token[],
  { isSource }: TableOptions,
): { readonly tokens: readonly Token[]; readonly qualified: boolean } | Refusal {
  const at = part.findIndex((token) => isWord(token, 'REFERENCES'))
  if (at < 0) return { tokens: part, qualified: false }
  const found = tableName(part, at + 1, isSource)
  if (typeof found === 'string') return found
  if (!found.qualified) return { tokens: part, qualified: false }
  return {
    tokens: [...part.slice(0, at + 1), spaced(part[at + 3]), ...part.slice(at + 4)].flat(),
    qualified: true,
  }
}

function spaced(token: Token | undefined): Token[] {
  return token === undefined ? [] : [{ ...token, gap: true }]
}

const ofSequences = ['NEXTVAL', 'LASTVAL', 'SETVAL']

/** A column without a default that asks a sequence; `value` is that default with unqualified names. */
function withoutSequence(
  part: readonly Token[],
  { isSource }: TableOptions,
): { readonly tokens: readonly Token[]; readonly value: string | null } | Refusal {
  const asks = part.some((token, at) => isWord(token, ...ofSequences) && isSymbol(part[at + 1], '('))
  const from = part.findIndex((token) => isWord(token, 'DEFAULT'))
  if (!asks) return { tokens: part, value: null }
  const open = isSymbol(part[from + 1], '(') ? from + 1 : from + 2
  if (from < 0 || !isSymbol(part[open], '(')) return 'not-understood'
  const close = closing(part, open)
  if (close < 0) return 'not-understood'
  const value: Token[] = []
  for (let at = from + 1; at <= close; at += 1) {
    const token = part[at]
    if (token === undefined) break
    const qualifies = nameOf(token) !== null && isSymbol(part[at + 1], '.')
    if (qualifies && !isSource(nameOf(token) ?? '')) return 'other-database'
    if (qualifies) at += 1
    else value.push(token)
  }
  const tokens = [...part.slice(0, from), ...part.slice(close + 1)]
  return { tokens, value: textOf(value) }
}
