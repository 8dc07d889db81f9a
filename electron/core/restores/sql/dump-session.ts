import { lexingOf } from './lexing.ts'
import { isSymbol, isWord } from './sql-tokens.ts'
import type { Lexing } from './lexing.ts'
import type { Token } from './sql-tokens.ts'

/** What a program was made under, and must be made under again. Null: the dump does not say. */
export interface ProgramContext {
  readonly sqlMode: string | null
  readonly characterSetClient: string | null
  readonly collationConnection: string | null
  /** Of events. */
  readonly timeZone: string | null
  /** Of the database, where it differed from the database's own when the program was made. */
  readonly databaseCollation: string | null
}

/** `replication`: settings of a replica, which are not the account's. */
export type SetResult = 'understood' | 'replication' | 'refused'

/**
 * Character sets in which no character holds the byte of a quote or a backslash. Others (big5, cp932, gb18030, gbk,
 * sjis) could hide the end of a string from whoever reads bytes.
 */
const safeCharsets =
  /^(?:utf8|utf8mb3|utf8mb4|binary|ascii|latin[1257]|cp(?:125[0167]|85[02]|866)|koi8[ru]|greek|hebrew|hp8|dec8|swe7|keybcs2|mac(?:ce|roman)|geostd8|armscii8|tis620|ujis|eucjpms|euckr|gb2312)$/

const patterns: Readonly<Record<string, RegExp>> = {
  character_set_client: /^\w+$/,
  character_set_results: /^(?:\w+|NULL)$/,
  collation_connection: /^\w+$/,
  time_zone: /^(?:[+-]\d{1,2}:\d\d|SYSTEM|[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2})$/,
  sql_mode: /^[A-Za-z0-9_, ]*$/,
  unique_checks: /^[01]$/,
  foreign_key_checks: /^[01]$/,
  sql_notes: /^[01]$/,
  note_verbosity: /^[\w,]*$/,
  system_versioning_insert_history: /^[01]$/,
  autocommit: /^[01]$/,
}
const replication = /^(?:sql_log_bin|gtid_purged|gtid_domain_id|server_id|pseudo_\w+)$/

/** Modes that say how rows are read and kept, and change nothing else. */
const rowModes = [
  'NO_AUTO_VALUE_ON_ZERO',
  'ALLOW_INVALID_DATES',
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
]

/** Keeps the session that a dump sets up as it goes: the variables that dump tools set, and what they put aside in `@…`. */
export class DumpSession {
  readonly #variables = new Map<string, string>()
  readonly #aside = new Map<string, string | undefined>()
  readonly #everSet = new Set<string>()
  /** What `rowSettings` said, until something is set. */
  #rowSettings: readonly string[] | null = null
  #names = 'utf8mb4'
  #databaseCollation: string | null = null

  /** Character set in which the dump's next statement is sent. */
  get charset(): string {
    return this.#variables.get('character_set_client') ?? this.#names
  }

  /** Whether bytes in that character set can be read one by one. If not, nothing in it can be understood. */
  get readable(): boolean {
    return safeCharsets.test(this.charset)
  }

  get modes(): readonly string[] {
    const modes = this.#variables.get('sql_mode') ?? ''
    return modes
      .toUpperCase()
      .split(',')
      .map((mode) => mode.trim())
      .filter((mode) => mode !== '')
  }

  get lexing(): Lexing {
    return lexingOf(this.modes)
  }

  /** What programs are made under now. */
  get context(): ProgramContext {
    const now = (name: string): string | null => this.#variables.get(name) ?? null
    return {
      sqlMode: now('sql_mode'),
      characterSetClient: now('character_set_client') ?? this.#names,
      collationConnection: now('collation_connection'),
      timeZone: now('time_zone'),
      databaseCollation: this.#databaseCollation,
    }
  }

  /** Collation that the database had when the next program was made. */
  set databaseCollation(collation: string | null) {
    this.#databaseCollation = collation
  }

  /**
   * What a session must be told before it reads tables and rows of this dump, as statements that depend on nothing
   * and leave nothing to the server's own settings.
   */
  rowSettings(): readonly string[] {
    this.#rowSettings ??= this.#settingsNow()
    return this.#rowSettings
  }

  #settingsNow(): readonly string[] {
    const modes = this.modes.filter((mode) => rowModes.includes(mode))
    // No statement may choose a directory, and a missing engine is an error.
    const mode = ['NO_DIR_IN_CREATE', 'NO_ENGINE_SUBSTITUTION', ...modes].join(',')
    const collation = this.#variables.get('collation_connection')
    return [
      `SET NAMES ${this.#names}`,
      ...(this.charset === this.#names ? [] : [`SET character_set_client=${this.charset}`]),
      ...(collation === undefined ? [] : [`SET collation_connection=${collation}`]),
      `SET time_zone='${this.#variables.get('time_zone') ?? 'SYSTEM'}'`,
      `SET sql_mode='${mode}'`,
      'SET foreign_key_checks=0',
      'SET unique_checks=0',
      ...this.#ifEverSet('system_versioning_insert_history', '0'),
      ...this.#ifEverSet('autocommit', '1'),
    ]
  }

  #ifEverSet(name: string, usual: string): string[] {
    return this.#everSet.has(name) ? [`SET ${name}=${this.#variables.get(name) ?? usual}`] : []
  }

  /** Executes a SET, given without the word SET. All or nothing: a statement of which a part is not understood is not executed. */
  execute(tokens: readonly Token[]): SetResult {
    this.#rowSettings = null
    if (isWord(tokens[0], 'NAMES')) return this.#setNames(tokens)
    const parts = split(tokens)
    const assigned: { variable: string | null; aside: string | null; value: string | undefined }[] = []
    for (const part of parts) {
      const text = part.map(({ text }) => text).join('')
      const found = /^(?:@(\w+)|(?:@@)?(?:(?:session|local)\.?)?(\w+)):?=(.*)$/is.exec(text) ?? null
      if (found === null) return /gtid_purged/i.test(text) ? 'replication' : 'refused'
      const [, aside, variable, right = ''] = found
      const name = variable?.toLowerCase() ?? null
      const source = /^@@(?:(?:session|global)\.)?(\w+)$/i.exec(right)?.[1]?.toLowerCase()
      if (replication.test(name ?? source ?? '')) return 'replication'
      const value = this.#valueOf(right, source)
      if (value === null || (name !== null && !isAllowed(name, value))) return 'refused'
      assigned.push({ variable: name, aside: aside?.toLowerCase() ?? null, value })
    }
    if (assigned.length === 0) return 'refused'
    for (const { variable, aside, value } of assigned) {
      if (aside !== null) this.#aside.set(aside, value)
      if (variable === null) continue
      this.#everSet.add(variable)
      if (value === undefined) this.#variables.delete(variable)
      else this.#variables.set(variable, value)
    }
    return 'understood'
  }

  #setNames(tokens: readonly Token[]): SetResult {
    const charset = unquoted(tokens[1]?.text ?? '').toLowerCase()
    const collation = unquoted(tokens[3]?.text ?? '').toLowerCase()
    const whole = tokens.length === 2 || (tokens.length === 4 && isWord(tokens[2], 'COLLATE'))
    if (!whole || !/^\w+$/.test(charset) || !/^\w*$/.test(collation)) return 'refused'
    this.#names = charset
    this.#variables.delete('character_set_client')
    if (collation === '') this.#variables.delete('collation_connection')
    else this.#variables.set('collation_connection', collation)
    return 'understood'
  }

  /** Null: no value of a kind that dump tools write. Undefined: what the server has by itself. */
  #valueOf(text: string, source: string | undefined): string | undefined | null {
    if (source !== undefined) {
      return Object.hasOwn(patterns, source) ? this.#variables.get(source) : null
    }
    const aside = /^@(\w+)$/.exec(text)?.[1]?.toLowerCase()
    if (aside !== undefined) return this.#aside.has(aside) ? this.#aside.get(aside) : null
    if (/^(?:'[^'\\]*'|"[^"\\]*"|[\w]+)$/.test(text)) return unquoted(text)
    return null
  }
}

function isAllowed(name: string, value: string | undefined): boolean {
  const pattern = Object.hasOwn(patterns, name) ? patterns[name] : undefined
  return pattern !== undefined && (value === undefined || pattern.test(value))
}

function unquoted(text: string): string {
  return text.replace(/^(['"])(.*)\1$/s, '$2')
}

/** The parts between commas. */
function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (isSymbol(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

/** What to tell a session before a program of this context is made. Values were checked when they were read. */
export function contextSettings(context: ProgramContext): string {
  const { sqlMode, characterSetClient, collationConnection, timeZone } = context
  return [
    `SET sql_mode='${sqlMode ?? ''}'`,
    ...(characterSetClient === null ? [] : [`character_set_client=${characterSetClient}`]),
    ...(collationConnection === null ? [] : [`collation_connection=${collationConnection}`]),
    ...(timeZone === null ? [] : [`time_zone='${timeZone}'`]),
  ].join(', ')
}
