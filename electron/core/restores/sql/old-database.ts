import { isSymbol, isWord, tokensOf } from './sql-tokens.ts'
import type { Lexing, TargetServer } from './lexing.ts'
import type { Token } from './sql-tokens.ts'

/** How a program is read. */
export interface Reading {
  readonly lexing: Lexing
  readonly server: TargetServer
  readonly isSource: (database: string) => boolean
}

/**
 * How often a program's text names the dumped database: before a name, and in its texts, which may become statements.
 * Comments do not count.
 */
export function oldDatabaseCount(text: string, reading: Reading, names: readonly string[]): number {
  const tokens = [...tokensOf(text, reading.lexing, reading.server)]
  const qualifying = tokens.filter((token, at) => qualifies(tokens, at, token, reading)).length
  const inTexts = tokens.filter(
    ({ kind, text: own }) => kind === 'string' && names.some((name) => own.includes(name)),
  ).length
  return qualifying + inTexts
}

/** Whether a name stands for the dumped database, as far as its place tells. */
function qualifies(tokens: readonly Token[], at: number, token: Token, { isSource }: Reading): boolean {
  const named = (token.kind === 'name' || token.kind === 'word') && isSource(nameText(token))
  return named && isSymbol(tokens[at + 1], '.') && !isSymbol(tokens[at - 1], '.')
}

function nameText(token: Token): string {
  return token.kind === 'name' ? token.value : token.text
}

/**
 * A view's text without the dumped database before names, where nothing else can be meant: in `database.table.column`,
 * before a table behind FROM or JOIN, before a function. Null where a table, an alias or a column has the database's
 * name, so that one cannot tell.
 */
export function viewWithoutDatabase(text: string, reading: Reading): string | null {
  const tokens = [...tokensOf(text, reading.lexing, reading.server)]
  let kept = ''
  let from = 0
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'name' || !reading.isSource(token.value)) continue
    if (!qualifies(tokens, at, token, reading)) return null
    const long = isSymbol(tokens[at + 3], '.')
    if (!long && !isSymbol(tokens[at + 3], '(') && !isTable(tokens, at)) return null
    kept += text.slice(from, token.from)
    from = tokens[at + 2]?.from ?? token.to
  }
  return kept + text.slice(from)
}

/** Whether a table must stand here: behind FROM or JOIN, and brackets. */
function isTable(tokens: readonly Token[], at: number): boolean {
  let before = at - 1
  while (isSymbol(tokens[before], '(')) before -= 1
  return isWord(tokens[before], 'FROM', 'JOIN', 'STRAIGHT_JOIN')
}
