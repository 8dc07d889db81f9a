import { isSymbol, isWord, nameOf } from './sql-tokens.ts'
import { closing } from './table-parts.ts'
import {
  droppedOptions,
  engines,
  forbiddenInside,
  optionWords,
  partitionWords,
  passingOptions,
} from './table-words.ts'
import type { Token } from './sql-tokens.ts'
import type { Refusal, TableChange } from './table-parts.ts'

interface Options {
  readonly tokens: readonly Token[]
  readonly engine: string | null
  readonly changes: readonly TableChange[]
}

/** One option: how many tokens it takes, and what becomes of it. */
interface Option {
  readonly length: number
  readonly engine?: string
  readonly dropped?: TableChange
}

/** What follows a table's closing bracket: options, then partitions. */
export function readOptions(tokens: readonly Token[]): Options | Refusal {
  const kept: Token[] = []
  const changes: TableChange[] = []
  let engine: string | null = null
  let at = 0
  while (at < tokens.length && !isWord(tokens[at], 'PARTITION')) {
    const option = optionAt(tokens, at)
    if (typeof option === 'string') return option
    engine = option.engine ?? engine
    if (option.dropped === undefined) kept.push(...tokens.slice(at, at + option.length))
    else changes.push(option.dropped)
    at += option.length
    if (isSymbol(tokens[at], ',')) at += 1
  }
  const partitions = readPartitions(tokens.slice(at))
  if (typeof partitions === 'string') return partitions
  return { tokens: [...kept, ...partitions.tokens], engine, changes: [...changes, ...partitions.changes] }
}

/** `NAME [=] VALUE`, where the option is known. */
function optionAt(tokens: readonly Token[], at: number): Option | Refusal {
  const name = (nameOf(tokens[at]) ?? '').toUpperCase()
  const next = (offset: number): Token | undefined => tokens[at + offset]
  if (name === 'WITH' && isWord(next(1), 'SYSTEM') && isWord(next(2), 'VERSIONING')) return { length: 3 }
  if (name === 'DEFAULT' && !isSymbol(next(1), '=')) return optionAfter(tokens, at, 1)
  if (name === 'CHARACTER' && isWord(next(1), 'SET')) return value(tokens, at, 2)
  if ((name === 'DATA' || name === 'INDEX') && isWord(next(1), 'DIRECTORY'))
    return dropped(tokens, at, 2, 'directory')
  if (name === 'ENGINE') return engineAt(tokens, at)
  if (name === 'STORAGE' && isWord(next(1), 'ENGINE')) return optionAfter(tokens, at, 1)
  if (droppedOptions.has(name)) return dropped(tokens, at, 1, 'place')
  return passingOptions.has(name) ? value(tokens, at, 1) : 'not-understood'
}

function optionAfter(tokens: readonly Token[], at: number, words: number): Option | Refusal {
  const option = optionAt(tokens, at + words)
  return typeof option === 'string' ? option : { ...option, length: option.length + words }
}

function value(tokens: readonly Token[], at: number, words: number): Option | Refusal {
  const equals = isSymbol(tokens[at + words], '=') ? 1 : 0
  const token = tokens[at + words + equals]
  const known = token !== undefined && token.kind !== 'symbol' && isValue(tokens, at, token)
  return known ? { length: words + equals + 1 } : 'not-understood'
}

/** Names of character sets and collations, numbers and texts; other words must be known. */
function isValue(tokens: readonly Token[], at: number, token: Token): boolean {
  if (token.kind === 'string' || token.kind === 'number') return true
  const names = isWord(tokens[at], 'CHARSET', 'COLLATE', 'CHARACTER')
  return token.kind === 'word' && (names ? /^\w+$/.test(token.text) : optionWords.has(token.value))
}

function dropped(tokens: readonly Token[], at: number, words: number, change: TableChange): Option | Refusal {
  const equals = isSymbol(tokens[at + words], '=') ? 1 : 0
  const token = tokens[at + words + equals]
  if (token === undefined || token.kind === 'symbol') return 'not-understood'
  return { length: words + equals + 1, dropped: change }
}

function engineAt(tokens: readonly Token[], at: number): Option | Refusal {
  const equals = isSymbol(tokens[at + 1], '=') ? 1 : 0
  const token = tokens[at + 1 + equals]
  const name = nameOf(token) ?? (token?.kind === 'string' ? token.text.slice(1, -1) : '')
  return engines.has(name.toUpperCase()) ? { length: 2 + equals, engine: name } : 'engine'
}

/** PARTITION BY: known words and expressions; each partition's options are those of tables. */
function readPartitions(tokens: readonly Token[]): Options | Refusal {
  const kept: Token[] = []
  const changes: TableChange[] = []
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]
    if (token === undefined) break
    if (isSymbol(token, '(') && isExpression(tokens, at)) {
      const close = closing(tokens, at)
      const inside = close < 0 ? tokens : tokens.slice(at, close + 1)
      if (close < 0 || inside.some((one) => one.kind === 'word' && forbiddenInside.has(one.value)))
        return 'not-understood'
      if (inside.some((one) => isSymbol(one, '.'))) return 'not-understood'
      kept.push(...inside)
      at = close + 1
      continue
    }
    const plain = token.kind !== 'word' || partitionWords.has(token.value) || isPartitionName(tokens, at)
    if (plain) {
      if (isSymbol(token, '.')) return 'not-understood'
      kept.push(token)
      at += 1
      continue
    }
    const option = optionAt(tokens, at)
    if (typeof option === 'string') return option
    if (option.dropped === undefined) kept.push(...tokens.slice(at, at + option.length))
    else changes.push(option.dropped)
    at += option.length
  }
  return { tokens: kept, engine: null, changes }
}

/** Whether a bracket does not begin a list of partitions. */
function isExpression(tokens: readonly Token[], at: number): boolean {
  return !isWord(tokens[at + 1], 'PARTITION', 'SUBPARTITION')
}

function isPartitionName(tokens: readonly Token[], at: number): boolean {
  return isWord(tokens[at - 1], 'PARTITION', 'SUBPARTITION')
}
