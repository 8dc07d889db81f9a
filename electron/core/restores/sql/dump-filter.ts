import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import { DumpSession } from './dump-session.ts'
import { classify } from './dump-statements.ts'
import { Findings } from './findings.ts'
import { isPlain } from './lexing.ts'
import { nameBytes, quotedName, shownName } from './names.ts'
import { readProgram } from './programs.ts'
import { sequenceDefinition, sequenceValue } from './sequences.ts'
import { StatementScan } from './statement-scan.ts'
import { tableDefinition } from './table-definition.ts'
import { tableName } from './table-parts.ts'
import { isWord, nameOf } from './sql-tokens.ts'
import type { DumpStatement } from './dump-statements.ts'
import type { DumpFilterOptions, FilteredDump } from './filtered-dump.ts'
import type { Action, Reason } from './findings.ts'
import type { InsertHead } from './insert-head.ts'
import type { Program } from './programs.ts'
import type { StatementSink } from './statement-scan.ts'
import type { Token } from './sql-tokens.ts'
import type { Deferred } from './table-parts.ts'

const endOfRows = Buffer.from(';\n')

/** Pieces that are given as one where they are small. */
const gathered = { pieces: 8, bytes: 4096 } as const

/** Bytes of programs that are kept altogether. */
const mostPrograms = 256 << 20

interface From {
  readonly at: number
  readonly bytes: Buffer
}

/** The head of an INSERT as it is written again; `as`: the table's name there, empty where it is not known yet. */
interface Written {
  readonly head: InsertHead
  readonly charset: string
  readonly as: string
  readonly object: string
  readonly sql: Buffer
}

/** What is to be said about a statement. */
interface Said {
  readonly action: Action
  readonly reason: Reason
  readonly object: string | null
}

function refused(reason: Reason, object: string | null = null): Said {
  return { action: 'refused', reason, object }
}

function leftOut(reason: Reason, object: string | null = null): Said {
  return { action: 'left-out', reason, object }
}

/**
 * Takes a dump of mysqldump or mariadb-dump apart. `statements` gives what creates and fills tables and sequences in an
 * empty database that is the session's default, for a login that may do nothing else; each statement is written again
 * from what was understood of it, so that nothing else can be in it. What is not understood does not pass, and is found
 * in the outcome.
 */
export class DumpFilter implements StatementSink {
  readonly #options: DumpFilterOptions
  readonly #scan = new StatementScan(this)
  readonly #session = new DumpSession()
  readonly #findings = new Findings()
  readonly #tables = new Map<string, { name: string; as: string; engine: string | null; rows: number }>()
  readonly #sequences = new Set<string>()
  readonly #programs: Program[] = []
  readonly #deferred: Deferred[] = []
  readonly #linked = new Set<string>()
  readonly #collations = new Set<string>()
  #last: Written | null = null
  #programBytes = 0
  #output: Buffer[] = []
  #settings: readonly string[] = []
  #elsewhere = false
  #complete = false
  /** Whose rows are being read, and whether the first was written. */
  #rows: { readonly table: { rows: number; name: string }; begun: boolean } | null = null

  constructor(options: DumpFilterOptions) {
    this.#options = options
  }

  /** Throws AppError: `corrupt` for rows that went wrong after their beginning was given, `cancelled`. */
  async *statements(
    dump: AsyncIterable<Buffer>,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<Buffer> {
    for await (const chunk of dump) {
      throwIfCancelled(signal)
      this.#scan.push(chunk)
      yield* this.#taken()
    }
    this.#scan.end()
    if (this.#settings.includes('SET autocommit=0')) this.#write('COMMIT')
    yield* this.#taken()
  }

  get outcome(): FilteredDump {
    return {
      complete: this.#complete,
      tables: [...this.#tables.values()].map(({ name, as, engine, rows }) => ({ name, as, engine, rows })),
      sequences: [...this.#sequences],
      programs: this.#programs,
      deferred: this.#deferred,
      linked: [...this.#linked],
      collations: [...this.#collations].sort(),
      findings: this.#findings.list,
      unlisted: this.#findings.unlisted,
    }
  }

  comment(bytes: Buffer): void {
    this.#complete = bytes.toString('latin1', 0, 17) === '-- Dump completed'
  }

  refused(why: 'client-command' | 'delimiter' | 'too-long' | 'unfinished', bytes: Buffer, at: number): void {
    this.#find('refused', why, { at, bytes })
  }

  statement(bytes: Buffer, at: number): void {
    const text = bytes.toString('latin1')
    const statement = classify(text, this.#session.lexing, this.#options.server)
    const found = this.#take(statement, text, { at, bytes })
    if (found !== null) this.#find(found.action, found.reason, { ...found, at, bytes })
  }

  insert(head: InsertHead, at: number): ((rows: Buffer) => void) | null {
    const { isSource } = this
    const { object } = this.#written(head)
    const table = this.#tables.get(object)
    const find = (action: Action, reason: Reason): void => {
      const bytes = `${head.verb} INTO ${quotedName(head.table)}`
      this.#find(action, reason, { object, at, bytes })
    }
    const foreign = this.#elsewhere || (head.database !== null && !isSource(head.database))
    this.#rows = null
    if (foreign) find('refused', 'other-database')
    else if (!this.#isChosen(object)) find('left-out', 'not-chosen')
    else if (!this.#session.readable) find('refused', 'character-set')
    else if (table === undefined) find('refused', 'no-such-table')
    else {
      const rows = { table, begun: false }
      this.#rows = rows
      return (found) => {
        if (!rows.begun) this.#begin(this.#written(head, table.as).sql)
        rows.begun = true
        this.#output.push(found)
      }
    }
    return null
  }

  /** What a head says, kept while the next one is the same in the same character set. */
  #written(head: InsertHead, as = ''): Written {
    const { charset } = this
    const known = this.#last
    if (known?.head === head && known.charset === charset && (as === '' || known.as === as)) return known
    const columns = head.columns.length === 0 ? '' : ` (${head.columns.map(quotedName).join(',')})`
    const name = quotedName(nameBytes(as, charset))
    const written = {
      ...{ head, charset, as, object: shownName(head.table, charset) },
      sql: Buffer.from(`${head.verb} INTO ${name}${columns} VALUES`, 'latin1'),
    }
    this.#last = written
    return written
  }

  inserted(
    rows: number,
    fault: { readonly bytes: Buffer; readonly at: number; readonly torn: boolean } | null,
  ): void {
    const taken = this.#rows
    this.#rows = null
    if (taken === null) return
    const { name } = taken.table
    if (fault?.torn === true) {
      const sentence = `A row of the table ${name} is not as dump tools write it, from byte ${fault.at} of the dump on. Nothing was replaced; use another backup, or restore the other tables one by one.`
      throw new AppError('corrupt', sentence, { details: { table: name, at: fault.at } })
    }
    if (taken.begun) this.#output.push(endOfRows)
    taken.table.rows += rows
    if (fault !== null) this.#find('refused', 'rows', { object: name, ...fault })
  }

  readonly isSource = (database: string): boolean =>
    this.#options.sources.some((name) => nameBytes(name, this.charset) === database)

  private get charset(): string {
    return this.#session.charset
  }

  /** Does what a statement is for. Returns what is to be said about it, or null. */
  #take(statement: DumpStatement, text: string, from: From): Said | null {
    if (statement.kind === 'use') {
      this.#elsewhere = statement.database === null || !this.isSource(statement.database)
      return this.#elsewhere ? refused('other-database') : leftOut('database')
    }
    if (statement.kind === 'set') return this.#set(statement.tokens)
    if (statement.kind === 'nothing') return null
    if (this.#elsewhere) return refused('other-database')
    switch (statement.kind) {
      case 'drop':
      case 'lock':
      case 'placeholder':
      case 'database':
      case 'replication':
        return leftOut(statement.kind)
      case 'begin':
        return leftOut('transaction')
      case 'commit':
        if (this.#settings.includes('SET autocommit=0')) this.#write('COMMIT')
        return null
      case 'database-collation':
        if (!this.isSource(statement.database)) return refused('other-database')
        this.#session.databaseCollation = statement.collation
        return leftOut('database-collation')
      case 'other':
        return refused('not-understood')
      case 'program':
        return this.#session.readable ? this.#program(text) : refused('character-set')
      case 'create-table':
      case 'create-sequence':
      case 'sequence-value':
      case 'keys':
        if (!this.#session.readable) return refused('character-set')
        if (!isPlain(this.#session.lexing)) return refused('sql-mode')
        if (statement.kind === 'create-table') return this.#table(statement.tokens, from)
        if (statement.kind === 'keys') return this.#keys(statement)
        return this.#sequence(statement.kind, statement.tokens)
    }
  }

  #set(tokens: readonly Token[]): Said | null {
    const result = this.#session.execute(tokens)
    this.#scan.lexing = this.#session.lexing
    if (result === 'replication') return leftOut('replication')
    return result === 'refused' ? refused('setting') : null
  }

  #table(tokens: readonly Token[], from: From): Said | null {
    const { isSource, charset } = this
    const { table: chosen } = this.#options
    const named = tableName(tokens, isWord(tokens[0], 'IF') ? 3 : 0, isSource)
    const object = typeof named === 'string' ? null : shownName(named.name, charset)
    if (object !== null && !this.#isChosen(object)) return leftOut('not-chosen', object)
    const as = chosen?.as ?? object ?? ''
    const rename = (): string => nameBytes(as, charset)
    const table = tableDefinition(tokens, { isSource, rename, withoutForeignKeys: chosen !== undefined })
    if (typeof table === 'string') return refused(table, object)
    const name = shownName(table.name, charset)
    this.#make(nameBytes(as, charset), table.sql)
    this.#tables.set(name, { name, as, engine: table.engine, rows: 0 })
    if (chosen === undefined) this.#link(name, tokens)
    for (const collation of table.collations) this.#collations.add(collation)
    for (const { kind, sql } of table.deferred)
      this.#deferred.push({ kind, table: as, sql: shownName(sql, charset) })
    for (const change of table.changes) this.#find('changed', change, { object: name, ...from })
    return null
  }

  /** Notes the foreign keys of a table that passed. */
  #link(table: string, tokens: readonly Token[]): void {
    const to = tokens.flatMap((token, at) => {
      const name = isWord(token, 'REFERENCES') ? nameOf(tokens[at + 1]) : null
      return name === null ? [] : [shownName(name, this.charset)]
    })
    if (to.length > 0) for (const name of [table, ...to]) this.#linked.add(name)
  }

  #keys({ table, enable }: Extract<DumpStatement, { kind: 'keys' }>): Said | null {
    const head = tableName(table, 0, this.isSource)
    if (typeof head === 'string' || head.next !== table.length) return refused('not-understood')
    const object = shownName(head.name, this.charset)
    if (!this.#isChosen(object)) return leftOut('not-chosen', object)
    const known = this.#tables.get(object)
    if (known === undefined) return refused('no-such-table', object)
    const name = quotedName(nameBytes(known.as, this.charset))
    this.#write(`ALTER TABLE ${name} ${enable ? 'ENABLE' : 'DISABLE'} KEYS`)
    return null
  }

  #sequence(kind: 'create-sequence' | 'sequence-value', tokens: readonly Token[]): Said | null {
    const read = kind === 'create-sequence' ? sequenceDefinition : sequenceValue
    const statement = read(tokens, this.isSource)
    if (typeof statement === 'string') return refused(statement)
    const object = shownName(statement.name, this.charset)
    if (this.#options.table !== undefined) return leftOut('not-chosen', object)
    if (kind === 'create-sequence') {
      this.#sequences.add(object)
      this.#make(statement.name, statement.sql)
    } else if (this.#sequences.has(object)) this.#write(statement.sql)
    else return refused('no-such-table', object)
    return null
  }

  #program(text: string): Said | null {
    const { table, target, sources } = this.#options
    const moves = sources.some((name) => name !== target)
    const program = readProgram(text, this.#session, { ...this.#options, isSource: this.isSource, moves })
    if (typeof program === 'string') return refused(program)
    const object = `${program.kind} ${program.name}`
    this.#programBytes += program.sql.length
    if (this.#programBytes > mostPrograms) return refused('too-long', object)
    if (table !== undefined && program.table !== table.name) return leftOut('not-chosen', object)
    if (table?.as !== undefined && table.as !== table.name) return leftOut('trigger-of-copy', object)
    this.#programs.push(program)
    return null
  }

  #isChosen(name: string): boolean {
    return this.#options.table === undefined || this.#options.table.name === name
  }

  #find(action: Action, reason: Reason, about: Parameters<Findings['add']>[2]): void {
    this.#findings.add(action, reason, about)
  }

  /** Begins a statement, after the settings that it needs. */
  #begin(sql: Buffer): void {
    const settings = this.#session.rowSettings()
    const same = settings === this.#settings || settings.join() === this.#settings.join()
    this.#settings = settings
    if (!same) this.#output.push(Buffer.from(settings.map((setting) => `${setting};\n`).join(''), 'latin1'))
    this.#output.push(sql)
  }

  #write(sql: string): void {
    this.#begin(Buffer.from(`${sql};\n`, 'latin1'))
  }

  /** Makes a table or a sequence; servers have both by the same names. */
  #make(name: string, sql: string): void {
    if (this.#options.replaces === true) this.#write(`DROP TABLE IF EXISTS ${quotedName(name)}`)
    this.#write(sql)
  }

  #taken(): Buffer[] {
    const output = this.#output
    this.#output = []
    const bytes = output.reduce((sum, { length }) => sum + length, 0)
    const areSmall = output.length > gathered.pieces && bytes < output.length * gathered.bytes
    return areSmall ? [Buffer.concat(output, bytes)] : output
  }
}
