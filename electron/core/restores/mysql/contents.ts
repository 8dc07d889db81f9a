import { identifier, textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { ProgramKind } from '../sql/program-head.ts'
import { must, answer, shortWait } from './over-there.ts'
import { immediate, type StoredProgram } from './stored-programs.ts'

export interface LiveTable {
  readonly name: string
  /** `versioned`: with its history. */
  readonly type: 'table' | 'versioned' | 'sequence'
}

/** What a database holds now. */
export interface Contents {
  readonly exists: boolean
  readonly charset: string
  readonly collation: string
  readonly tables: readonly LiveTable[]
  /** Views, routines, triggers and events; triggers in the order in which they fire. */
  readonly programs: readonly {
    readonly kind: ProgramKind
    readonly name: string
    readonly table: string | null
  }[]
}

const tableTypes: Readonly<Record<string, LiveTable['type']>> = {
  'BASE TABLE': 'table',
  'SYSTEM VERSIONED': 'versioned',
  SEQUENCE: 'sequence',
}

function questions(database: string): string[] {
  const name = textLiteral(database)
  return [
    `SELECT 'database', DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${name}`,
    `SELECT 'table', HEX(CONVERT(TABLE_NAME USING utf8mb4)), TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name} ORDER BY TABLE_NAME`,
    `SELECT 'program', HEX(ROUTINE_NAME), ROUTINE_TYPE, '' FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${name} ORDER BY ROUTINE_NAME`,
    `SELECT 'program', HEX(TRIGGER_NAME), 'TRIGGER', HEX(EVENT_OBJECT_TABLE) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${name} ORDER BY EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER`,
    `SELECT 'program', HEX(EVENT_NAME), 'EVENT', '' FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${name} ORDER BY EVENT_NAME`,
  ]
}

const routineKinds: Readonly<Record<string, ProgramKind>> = {
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  TRIGGER: 'trigger',
  EVENT: 'event',
}

/** Looks at a database; where the server has none of that name, it `exists` not and is empty. */
export async function readContents(server: MysqlServer, database: string): Promise<Contents> {
  const rows = await must(server, questions(database), { what: `say what is in ${database}` })
  const of = (tag: string) => rows.filter(([first]) => first === tag).map((row) => row.slice(1))
  const [schema] = of('database')
  const tables = of('table').map(([name, type = '']) => ({ name: unhex(name), type }))
  const views = tables.filter(({ type }) => type === 'VIEW')
  return {
    exists: schema !== undefined,
    charset: schema?.[0] ?? '',
    collation: schema?.[1] ?? '',
    tables: tables.flatMap(({ name, type }) => {
      const known = tableTypes[type]
      return known === undefined ? [] : [{ name, type: known }]
    }),
    programs: [
      ...of('program').flatMap(([name, type = '', table]) => {
        const kind = routineKinds[type]
        return kind === undefined
          ? []
          : [{ kind, name: unhex(name), table: table === '' ? null : unhex(table) }]
      }),
      ...views.map(({ name }) => ({ kind: 'view' as const, name, table: null })),
    ],
  }
}

/** Where SHOW CREATE has what: the statement, sql_mode, time_zone, character_set_client, collation_connection. */
const columns: Readonly<
  Record<ProgramKind, readonly [number, number | null, number | null, number, number]>
> = {
  trigger: [3, 2, null, 4, 5],
  procedure: [3, 2, null, 4, 5],
  function: [3, 2, null, 4, 5],
  event: [4, 2, 3, 5, 6],
  view: [2, null, null, 3, 4],
}

/**
 * The programs of a database as they are, whoever they run as, so that they can be made again. One that the server
 * cannot show any more is absent.
 */
export async function readPrograms(
  server: MysqlServer,
  database: string,
  { programs }: Contents,
): Promise<StoredProgram[]> {
  const asked = programs.flatMap(({ kind, name }, at) => [
    `SELECT '@', ${at}`,
    immediate(Buffer.from(`SHOW CREATE ${kind.toUpperCase()} ${identifier(name)}`)),
  ])
  const { rows } = await answer(server, asked, { database, force: true })
  const found: StoredProgram[] = []
  let at = -1
  for (const row of rows) {
    if (row[0] === '@' && row.length === 2) {
      at = Number(row[1])
      continue
    }
    const program = programs[at]
    if (program === undefined) continue
    const [text, mode, zone, charset, collation] = columns[program.kind]
    const sql = row[text - 1] ?? ''
    if (!sql.startsWith('CREATE ')) continue
    found.push({
      ...program,
      context: {
        sqlMode: mode === null ? null : (row[mode - 1] ?? null),
        timeZone: zone === null ? null : (row[zone - 1] ?? null),
        characterSetClient: row[charset - 1] ?? null,
        collationConnection: row[collation - 1] ?? null,
        databaseCollation: null,
      },
      sql: Buffer.from(sql.replace(/^CREATE (?!OR REPLACE )/, 'CREATE OR REPLACE ')).toString('base64'),
      charset: 'utf8mb4',
    })
  }
  return found
}

/**
 * Removes a database that is ours: what is in it one by one, then the empty database. DROP DATABASE with something in
 * it can stop in the middle. What is gone already is no error.
 */
export async function removeDatabase(server: MysqlServer, database: string): Promise<void> {
  const contents = await readContents(server, database)
  if (!contents.exists) return
  const drops = [
    ...contents.programs
      .filter(({ kind }) => kind !== 'trigger')
      .map(({ kind, name }) => ({ what: kind, name })),
    ...contents.tables.map(({ name, type }) => ({ what: type === 'sequence' ? 'sequence' : 'table', name })),
  ].map(({ what, name }) =>
    immediate(
      Buffer.from(`DROP ${what.toUpperCase()} IF EXISTS ${identifier(database)}.${identifier(name)}`),
    ),
  )
  await must(server, [shortWait, ...drops], { what: `clear ${database}` })
  const left = await readContents(server, database)
  if (left.tables.length + left.programs.length > 0) return
  await must(server, [shortWait, `DROP DATABASE IF EXISTS ${identifier(database)}`], {
    what: `remove ${database}`,
  })
}
