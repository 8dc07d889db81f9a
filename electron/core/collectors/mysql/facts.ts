import { rowsOf, textLiteral, unhex } from './sql.ts'
import type { MysqlServer } from './server.ts'

/** A table of any kind. `engine` is empty where the server cannot open it. */
export interface TableFacts {
  readonly name: string
  readonly type: 'table' | 'view' | 'sequence'
  readonly engine: string
  /** The server's estimate. */
  readonly rows: number
}

/** A view, routine, trigger or event, and who it runs as. */
export interface ProgramFacts {
  readonly name: string
  readonly kind: 'view' | 'procedure' | 'function' | 'package' | 'trigger' | 'event'
  readonly definer: string
  /** Whether this login may read its text. */
  readonly readable: boolean
}

/** What a server says of one of its databases. */
export interface DatabaseFacts {
  readonly charset: string
  readonly collation: string
  readonly tables: readonly TableFacts[]
  readonly programs: readonly ProgramFacts[]
}

const tableTypes: Readonly<Record<string, TableFacts['type']>> = { VIEW: 'view', SEQUENCE: 'sequence' }
const programKinds: Readonly<Record<string, ProgramFacts['kind']>> = {
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  PACKAGE: 'package',
  'PACKAGE BODY': 'package',
}

function question(database: string): string {
  const name = textLiteral(database)
  return `SELECT 'database', HEX(SCHEMA_NAME), DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME
    FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${name};
  SELECT 'table', HEX(TABLE_SCHEMA), HEX(CONVERT(TABLE_NAME USING utf8mb4)), TABLE_TYPE, COALESCE(ENGINE, ''),
    COALESCE(TABLE_ROWS, 0) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name};
  SELECT 'view', HEX(TABLE_SCHEMA), HEX(TABLE_NAME), HEX(DEFINER) FROM information_schema.VIEWS
    WHERE TABLE_SCHEMA = ${name};
  SELECT 'routine', HEX(ROUTINE_SCHEMA), HEX(ROUTINE_NAME), ROUTINE_TYPE, HEX(DEFINER), ROUTINE_DEFINITION IS NOT NULL
    FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${name};
  SELECT 'trigger', HEX(TRIGGER_SCHEMA), HEX(TRIGGER_NAME), HEX(DEFINER) FROM information_schema.TRIGGERS
    WHERE TRIGGER_SCHEMA = ${name};
  SELECT 'event', HEX(EVENT_SCHEMA), HEX(EVENT_NAME), HEX(DEFINER) FROM information_schema.EVENTS
    WHERE EVENT_SCHEMA = ${name};`
}

/** Databases that one question is about: its text must fit into one argument of the client. */
const batch = 40

/**
 * Asks about databases. Those that the server does not have are absent, and all of them where it does not answer.
 * Names are compared byte by byte, because servers compare them by a collation.
 */
export async function databaseFacts(
  server: MysqlServer,
  databases: readonly string[],
): Promise<Map<string, DatabaseFacts>> {
  const facts = new Map<string, DatabaseFacts>()
  for (let at = 0; at < databases.length; at += batch) {
    const names = databases.slice(at, at + batch)
    const { output } = await server.query(names.map(question).join('\n'))
    const rows = output === null ? [] : rowsOf(output)
    for (const name of names) {
      const known = factsOf(rows.filter((row) => unhex(row[1]) === name))
      if (known !== null) facts.set(name, known)
    }
  }
  return facts
}

function factsOf(rows: readonly string[][]): DatabaseFacts | null {
  const of = (tag: string) => rows.filter((row) => row[0] === tag)
  const [schema] = of('database')
  if (schema === undefined) return null
  const definedBy = (tag: 'view' | 'trigger' | 'event') =>
    of(tag).map((row): ProgramFacts => {
      return { name: unhex(row[2]), kind: tag, definer: unhex(row[3]), readable: true }
    })
  const routines = of('routine').map(([, , name, type, definer, readable]): ProgramFacts => {
    const kind = programKinds[type ?? ''] ?? 'procedure'
    return { name: unhex(name), kind, definer: unhex(definer), readable: readable === '1' }
  })
  return {
    charset: schema[2] ?? '',
    collation: schema[3] ?? '',
    tables: of('table').map(([, , name, type, engine, count]) => ({
      name: unhex(name),
      type: tableTypes[type ?? ''] ?? 'table',
      engine: engine ?? '',
      rows: Number(count),
    })),
    programs: [...definedBy('view'), ...routines, ...definedBy('trigger'), ...definedBy('event')],
  }
}

/** `user@host` of every account of the server, roles included; null where this login may not see them. */
export async function serverAccounts(server: MysqlServer): Promise<ReadonlySet<string> | null> {
  const { output } = await server.query('SELECT HEX(User), HEX(Host) FROM mysql.user')
  if (output === null) return null
  return new Set(rowsOf(output).map(([user, host]) => `${unhex(user)}@${unhex(host)}`))
}

/** Programs whose definer the server no longer has. */
export function withoutDefiner(facts: DatabaseFacts, accounts: ReadonlySet<string>): readonly ProgramFacts[] {
  return facts.programs.filter(
    ({ definer }) => definer !== '' && !accounts.has(definer) && !accounts.has(`${definer}@`),
  )
}

const transactional = /^(InnoDB|XtraDB|RocksDB|TokuDB|ndbcluster|SEQUENCE)$/i

/** Tables that a consistent snapshot does not cover: they are read while others may write to them. */
export function outsideSnapshot(facts: DatabaseFacts): readonly TableFacts[] {
  return facts.tables.filter(
    ({ type, engine }) => type === 'table' && engine !== '' && !transactional.test(engine),
  )
}
