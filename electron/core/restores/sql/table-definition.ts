import { quotedName } from './names.ts'
import { isSymbol, isWord, textOf } from './sql-tokens.ts'
import { readColumns } from './table-columns.ts'
import { readOptions } from './table-options.ts'
import { closing, definitionParts, tableName } from './table-parts.ts'
import type { Token } from './sql-tokens.ts'
import type { Deferred, Refusal, TableChange, TableOptions } from './table-parts.ts'

export interface TableDefinition {
  readonly name: string
  readonly engine: string | null
  /** The whole statement, without comments and without a delimiter. */
  readonly sql: string
  readonly changes: readonly TableChange[]
  readonly deferred: readonly Deferred[]
  readonly collations: readonly string[]
}

/**
 * Reads a CREATE TABLE, given from behind the word TABLE, and writes it again without what must not be in it. Every word
 * outside of expressions must be known, every name unqualified or of the dumped database.
 */
export function tableDefinition(tokens: readonly Token[], options: TableOptions): TableDefinition | Refusal {
  let at = 0
  if (isWord(tokens[0], 'IF')) {
    if (!isWord(tokens[1], 'NOT') || !isWord(tokens[2], 'EXISTS')) return 'not-understood'
    at = 3
  }
  const head = tableName(tokens, at, options.isSource)
  if (typeof head === 'string') return head
  if (!tokens.every(isHarmless)) return 'not-understood'
  const open = head.next
  if (!isSymbol(tokens[open], '(') || isWord(tokens[open + 1], 'LIKE')) return 'creates-from-query'
  const close = closing(tokens, open)
  if (close < 0) return 'not-understood'
  const name = options.rename(head.name)
  const parts = definitionParts(tokens.slice(open + 1, close))
  const columns = readColumns(parts, { ...options, table: name })
  if (typeof columns === 'string') return columns
  const after = readOptions(tokens.slice(close + 1))
  if (typeof after === 'string') return after
  const body = columns.parts.map((part) => `\n  ${textOf(part).trim()}`).join(',')
  const changes = [...(head.qualified ? (['qualifier'] as const) : []), ...columns.changes, ...after.changes]
  return {
    name: head.name,
    engine: after.engine,
    sql: `CREATE TABLE ${quotedName(name)} (${body}\n) ${textOf(after.tokens)}`.trimEnd(),
    changes,
    deferred: columns.deferred,
    collations: collationsOf(tokens),
  }
}

/** Neither a variable, nor a command of the client, nor a byte that servers and clients take differently. */
function isHarmless({ kind, text }: Token): boolean {
  return kind === 'symbol' ? /^[-(),.=+*/%<>!&|^~:]$/.test(text) : kind === 'string' || !text.includes('\0')
}

function collationsOf(tokens: readonly Token[]): string[] {
  const named = tokens.flatMap((token, at) => {
    if (!isWord(token, 'COLLATE')) return []
    const next = isSymbol(tokens[at + 1], '=') ? tokens[at + 2] : tokens[at + 1]
    return next?.kind === 'word' ? [next.text.toLowerCase()] : []
  })
  return [...new Set(named)]
}
