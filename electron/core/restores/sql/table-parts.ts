import { isSymbol, nameOf } from './sql-tokens.ts'
import type { Token } from './sql-tokens.ts'

/** Why a statement does not pass. */
export type Refusal = 'not-understood' | 'engine' | 'other-database' | 'creates-from-query' | 'forbidden-word'

/** What was taken out of a table's definition. */
export type TableChange = 'directory' | 'place' | 'qualifier' | 'sequence-default' | 'foreign-key'

/** What can be set only when the table is where it belongs. `sql` uses unqualified names. */
export interface Deferred {
  readonly kind: 'sequence-default' | 'foreign-key'
  /** As in names.ts. */
  readonly table: string
  readonly sql: string
}

export interface TableOptions {
  /** Whether a database is the one that was dumped. */
  readonly isSource: (database: string) => boolean
  /** The name that the table gets. */
  readonly rename: (table: string) => string
  /** Take foreign keys out: the other tables are not there. */
  readonly withoutForeignKeys: boolean
}

/** A name, with the dumped database before it or not. */
export function tableName(
  tokens: readonly Token[],
  at: number,
  isSource: TableOptions['isSource'],
): { readonly name: string; readonly qualified: boolean; readonly next: number } | Refusal {
  const first = nameOf(tokens[at])
  if (first === null) return 'not-understood'
  if (!isSymbol(tokens[at + 1], '.')) return { name: first, qualified: false, next: at + 1 }
  const second = nameOf(tokens[at + 2])
  if (second === null || isSymbol(tokens[at + 3], '.')) return 'not-understood'
  return isSource(first) ? { name: second, qualified: true, next: at + 3 } : 'other-database'
}

/** Index of the bracket that closes the one at `open`, or -1. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at += 1) {
    if (isSymbol(tokens[at], '(')) depth += 1
    if (isSymbol(tokens[at], ')')) depth -= 1
    if (depth === 0) return at
  }
  return -1
}

/** The columns, keys and constraints between a definition's outer brackets. */
export function definitionParts(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    if (depth === 0 && isSymbol(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}
