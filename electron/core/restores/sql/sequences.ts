import { quotedName } from './names.ts'
import { isSymbol, isWord } from './sql-tokens.ts'
import { readOptions } from './table-options.ts'
import { tableName } from './table-parts.ts'
import type { Token } from './sql-tokens.ts'
import type { Refusal, TableOptions } from './table-parts.ts'

/** A statement about a sequence, written again. Names as in names.ts. */
export interface SequenceStatement {
  readonly name: string
  readonly sql: string
}

const words = [
  ...[
    'AS',
    'START',
    'WITH',
    'MINVALUE',
    'MAXVALUE',
    'INCREMENT',
    'BY',
    'CACHE',
    'NOCACHE',
    'CYCLE',
    'NOCYCLE',
    'NO',
  ],
  ...['TINYINT', 'SMALLINT', 'MEDIUMINT', 'INT', 'INTEGER', 'BIGINT', 'SIGNED', 'UNSIGNED'],
]

/** CREATE SEQUENCE, given from behind the word SEQUENCE. */
export function sequenceDefinition(
  tokens: readonly Token[],
  isSource: TableOptions['isSource'],
): SequenceStatement | Refusal {
  const exists = isWord(tokens[0], 'IF') && isWord(tokens[1], 'NOT') && isWord(tokens[2], 'EXISTS')
  const head = tableName(tokens, exists ? 3 : 0, isSource)
  if (typeof head === 'string') return head
  const after = tokens.slice(head.next)
  const until = after.findIndex((token) => isWord(token, 'ENGINE', 'COMMENT'))
  const own = until < 0 ? after : after.slice(0, until)
  const plain = own.every(
    (token) =>
      token.kind === 'number' || isSymbol(token, '-') || isSymbol(token, '=') || isWord(token, ...words),
  )
  if (!plain) return 'not-understood'
  const options = readOptions(until < 0 ? [] : after.slice(until))
  if (typeof options === 'string') return options
  const text = [...own, ...options.tokens]
    .map((token) => token.text)
    .join(' ')
    .replaceAll('- ', '-')
  return { name: head.name, sql: `CREATE SEQUENCE ${quotedName(head.name)} ${text}` }
}

/** SETVAL(sequence, number, 0|1), given from behind its bracket. */
export function sequenceValue(
  tokens: readonly Token[],
  isSource: TableOptions['isSource'],
): SequenceStatement | Refusal {
  const head = tableName(tokens, 0, isSource)
  if (typeof head === 'string') return head
  const values = tokens
    .slice(head.next)
    .map(({ text }) => text)
    .join('')
  if (!/^,-?\d+(?:,[01](?:,\d+)?)?\)$/.test(values)) return 'not-understood'
  return { name: head.name, sql: `DO SETVAL(${quotedName(head.name)}${values}` }
}
