import { unwrapped } from './conditional-wrapper.ts'
import { isSymbol, isWord, nameOf, tokensOf } from './sql-tokens.ts'
import type { Lexing, TargetServer } from './lexing.ts'
import type { Token } from './sql-tokens.ts'

export const programKinds = ['trigger', 'view', 'procedure', 'function', 'event'] as const
export type ProgramKind = (typeof programKinds)[number]

/** The head of a program, read, and its body as it is. Names as in names.ts. */
export interface ParsedProgram {
  readonly kind: ProgramKind
  readonly name: string
  /** The database that its name had before it. */
  readonly database: string | null
  /** Of a trigger: its table, and the database before that. */
  readonly table: string | null
  readonly tableDatabase: string | null
  /** `user@host`, as it stood there; null: none. */
  readonly definer: string | null
  /** What stands between CREATE and the kind, but for OR REPLACE and DEFINER. */
  readonly attributes: readonly string[]
  /** From the kind to the end, without databases before the names of the program and its table, else as it was. */
  readonly text: string
}

interface Named {
  readonly name: string
  readonly database: string | null
  readonly from: number
  readonly own: number
}

/** Takes the tokens of a head one by one. */
class Head {
  readonly #tokens: Iterator<Token, void>
  #next: Token | undefined
  /** Offset after the last token that was taken. */
  end = 0

  constructor(tokens: Iterator<Token, void>) {
    this.#tokens = tokens
    this.#next = tokens.next().value ?? undefined
  }

  get next(): Token | undefined {
    return this.#next
  }

  take(): Token | undefined {
    const token = this.#next
    if (token !== undefined) this.end = token.to
    this.#next = this.#tokens.next().value ?? undefined
    return token
  }

  /** Takes the words if the next one is the first of them. Returns false where the others do not follow. */
  words(first: string, ...others: readonly string[]): boolean | null {
    if (!isWord(this.#next, first)) return null
    this.take()
    return others.every((word) => isWord(this.take(), word))
  }

  symbol(symbol: string): boolean {
    if (!isSymbol(this.#next, symbol)) return false
    this.take()
    return true
  }

  /** `name` or `database.name`, whose beginning is at `from`, and that of the name itself; null where there is none. */
  name(): Named | null {
    const from = this.#next?.from ?? 0
    const first = nameOf(this.take())
    if (first === null) return null
    if (!this.symbol('.')) return { name: first, database: null, from, own: from }
    const own = this.#next?.from ?? 0
    const second = nameOf(this.take())
    return second === null || isSymbol(this.#next, '.') ? null : { name: second, database: first, from, own }
  }
}

/**
 * Reads `CREATE [DEFINER=…] TRIGGER|VIEW|PROCEDURE|FUNCTION|EVENT name …`, given as latin1. Null where it is none: a
 * function of a shared library (SONAME), an aggregate function and a package are not read either.
 */
export function parseProgram(text: string, lexing: Lexing, server: TargetServer): ParsedProgram | null {
  const flat = /^\s*\/\*M?!/.test(text) ? unwrapped(text, lexing, server) : text
  const head = new Head(tokensOf(flat, lexing, server))
  if (!isWord(head.take(), 'CREATE') || head.words('OR', 'REPLACE') === false) return null
  const algorithm = readAlgorithm(head)
  const definer = readDefiner(head)
  const security = readSecurity(head)
  if (algorithm === null || definer === null || security === null) return null
  const attributes = [algorithm, security].filter((attribute) => attribute !== '')
  const kind = programKinds.find((one) => isWord(head.next, one.toUpperCase()))
  if (kind === undefined || (attributes.length > 0 && kind !== 'view')) return null
  const from = head.next?.from ?? 0
  const kindEnd = head.take()?.to ?? 0
  if (head.words('IF', 'NOT', 'EXISTS') === false) return null
  const named = head.name()
  if (named === null) return null
  const table = kind === 'trigger' ? readTable(head) : null
  if (kind === 'trigger' ? table === null : !goesOn(kind, head.next)) return null
  const upToName = `${flat.slice(from, kindEnd)} `
  const upToTable = table === null ? '' : flat.slice(named.own, table.from)
  const own = upToName + upToTable + flat.slice(table?.own ?? named.own).replace(/[ \t\r\n]+$/, '')
  return {
    kind,
    name: named.name,
    database: named.database,
    table: table?.name ?? null,
    tableDatabase: table?.database ?? null,
    definer: definer === '' ? null : definer,
    attributes,
    text: own,
  }
}

/** Whether what follows a program's name is what must follow it. */
function goesOn(kind: ProgramKind, next: Token | undefined): boolean {
  switch (kind) {
    case 'procedure':
    case 'function':
      return isSymbol(next, '(')
    case 'view':
      return isSymbol(next, '(') || isWord(next, 'AS')
    case 'event':
      return isWord(next, 'ON')
    case 'trigger':
      return false
  }
}

/** The table behind a trigger's name, time and events. */
function readTable(head: Head): Named | null {
  while (isWord(head.next, 'BEFORE', 'AFTER', 'INSERT', 'UPDATE', 'DELETE', 'OR')) head.take()
  if (!isWord(head.take(), 'ON')) return null
  const table = head.name()
  return isWord(head.next, 'FOR') ? table : null
}

/** As it is to be written; empty where there is none; null where it is not understood. */
function readAlgorithm(head: Head): string | null {
  if (!isWord(head.next, 'ALGORITHM')) return ''
  head.take()
  const word = head.symbol('=') ? head.take() : undefined
  return isWord(word, 'UNDEFINED', 'MERGE', 'TEMPTABLE') ? `ALGORITHM=${word?.value ?? ''}` : null
}

function readSecurity(head: Head): string | null {
  if (!isWord(head.next, 'SQL')) return ''
  if (head.words('SQL', 'SECURITY') !== true) return null
  const word = head.take()
  return isWord(word, 'DEFINER', 'INVOKER') ? `SQL SECURITY ${word?.value ?? ''}` : null
}

/** As it stands; empty where there is none; null where it is not understood. */
function readDefiner(head: Head): string | null {
  if (!isWord(head.next, 'DEFINER')) return ''
  head.take()
  if (!head.symbol('=')) return null
  const user = head.take()
  if (user === undefined || user.kind === 'symbol' || user.kind === 'number') return null
  if (isWord(user, 'CURRENT_USER', 'CURRENT_ROLE')) {
    if (head.symbol('(') && !head.symbol(')')) return null
    return user.text
  }
  if (!head.symbol('@')) return user.text
  const host = head.take()
  if (host === undefined || host.kind === 'symbol' || host.kind === 'number') return null
  return `${user.text}@${host.text}`
}
