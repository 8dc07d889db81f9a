import { isSymbol, isWord, nameOf, tokensOf } from './sql-tokens.ts'
import type { Lexing, TargetServer } from './lexing.ts'
import type { Token } from './sql-tokens.ts'

/** A statement of a dump by what it is for; `tokens` without the words that tell it. Everything unknown is `other`. */
export type DumpStatement =
  | {
      readonly kind: 'set' | 'create-table' | 'create-sequence' | 'sequence-value'
      readonly tokens: readonly Token[]
    }
  | { readonly kind: 'use'; readonly database: string | null }
  | { readonly kind: 'database-collation'; readonly database: string; readonly collation: string }
  | { readonly kind: 'keys'; readonly table: readonly Token[]; readonly enable: boolean }
  | {
      readonly kind:
        | 'program'
        | 'placeholder'
        | 'database'
        | 'drop'
        | 'lock'
        | 'commit'
        | 'begin'
        | 'replication'
        | 'nothing'
        | 'other'
    }

/** What mysqldump and mariadb-dump create for a view until all tables are there. */
const placeholder = /^\s*\/\*!50001 CREATE (?:VIEW|TABLE) /
const dropped = ['TABLE', 'VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'SEQUENCE']

/** Tells what a statement, given as latin1 without its delimiter, is. Reads no further than it must. */
export function classify(text: string, lexing: Lexing, server: TargetServer): DumpStatement {
  if (placeholder.test(text)) return { kind: 'placeholder' }
  const all = tokensOf(text, lexing, server)
  const head: Token[] = []
  while (head.length < 4) {
    const { value } = all.next()
    if (value === undefined) break
    head.push(value)
  }
  const rest = (from: number): Token[] => [...head.slice(from), ...all]
  const [first, second, third] = head
  if (first === undefined) return { kind: 'nothing' }
  switch (first.kind === 'word' ? first.value : '') {
    case 'SET':
      return { kind: 'set', tokens: rest(1) }
    case 'CREATE':
      return created(second, rest)
    case 'ALTER':
      return altered(rest(1))
    case 'DROP':
      if (isWord(second, 'DATABASE', 'SCHEMA')) return { kind: 'database' }
      return { kind: isWord(second, ...dropped) ? 'drop' : 'other' }
    case 'LOCK':
    case 'UNLOCK':
      return { kind: isWord(second, 'TABLES', 'TABLE') ? 'lock' : 'other' }
    case 'DO':
    case 'SELECT':
      return isWord(second, 'SETVAL') && isSymbol(third, '(')
        ? { kind: 'sequence-value', tokens: rest(3) }
        : { kind: 'other' }
    case 'USE':
      return { kind: 'use', database: head.length === 2 ? nameOf(second) : null }
    case 'COMMIT':
      return { kind: head.length === 1 ? 'commit' : 'other' }
    case 'BEGIN':
      return { kind: head.length === 1 ? 'begin' : 'other' }
    case 'START':
      return { kind: isWord(second, 'TRANSACTION') ? 'begin' : 'other' }
    case 'CHANGE':
      return { kind: isWord(second, 'MASTER', 'REPLICATION') ? 'replication' : 'other' }
    default:
      return { kind: 'other' }
  }
}

function created(second: Token | undefined, rest: (from: number) => Token[]): DumpStatement {
  if (isWord(second, 'TABLE')) return { kind: 'create-table', tokens: rest(2) }
  if (isWord(second, 'SEQUENCE')) return { kind: 'create-sequence', tokens: rest(2) }
  if (isWord(second, 'DATABASE', 'SCHEMA')) return { kind: 'database' }
  const begins = ['OR', 'ALGORITHM', 'DEFINER', 'SQL', 'VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT']
  return { kind: isWord(second, ...begins) ? 'program' : 'other' }
}

function altered(tokens: readonly Token[]): DumpStatement {
  const [first, second] = tokens
  if (isWord(first, 'TABLE')) {
    const [verb, keys] = tokens.slice(-2)
    const enable = isWord(verb, 'ENABLE')
    const known = (enable || isWord(verb, 'DISABLE')) && isWord(keys, 'KEYS')
    return known ? { kind: 'keys', table: tokens.slice(1, -2), enable } : { kind: 'other' }
  }
  const database = nameOf(second)
  const [character, set, , collate, collation] = tokens.slice(2)
  const known = isWord(character, 'CHARACTER') && isWord(set, 'SET') && isWord(collate, 'COLLATE')
  if (!isWord(first, 'DATABASE') || database === null || !known || tokens.length !== 7)
    return { kind: 'other' }
  return { kind: 'database-collation', database, collation: collation?.text ?? '' }
}
