import type { DatabaseRight } from '../../../../shared/model/restore-plan.ts'
import { identifier } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { answer, shortWait } from './over-there.ts'
import type { ReadyDump } from './ready-dump.ts'
import { giving, shownRight } from './single-grants.ts'
import { immediate, making, type StoredProgram } from './stored-programs.ts'

/** A program or a setting that the server refused. */
export interface NotMade {
  readonly what: string
  readonly why: string
}

/** As the tables' definitions were: changing a default must not cost their history. */
const settings = `${shortWait}, system_versioning_alter_history=KEEP`

async function tryAll(
  server: MysqlServer,
  database: string,
  wanted: readonly { readonly what: string; readonly sql: string }[],
): Promise<NotMade[]> {
  if (wanted.length === 0) return []
  const { errors } = await answer(server, [settings, ...wanted.map(({ sql }) => sql)], {
    database,
    force: true,
  })
  return wanted.flatMap(({ what }, at) => {
    const error = errors.find((one) => one.at === at + 1)
    return error === undefined ? [] : [{ what, why: `${error.text} (${error.code})` }]
  })
}

function named(program: StoredProgram): {
  readonly what: string
  readonly sql: string
  readonly program: StoredProgram
} {
  return { what: `the ${program.kind} ${program.name}`, sql: making(program), program }
}

/**
 * Makes programs in a database, each in its turn: routines, views as often as it takes until those that they are made
 * of are there, triggers, events last. Returns those that the server refused.
 */
export async function makePrograms(
  server: MysqlServer,
  database: string,
  programs: readonly StoredProgram[],
): Promise<NotMade[]> {
  const of = (...kinds: readonly string[]) => programs.filter(({ kind }) => kinds.includes(kind)).map(named)
  const routines = await tryAll(server, database, of('procedure', 'function'))
  let views = of('view')
  let refused: NotMade[] = []
  for (;;) {
    refused = await tryAll(server, database, views)
    if (refused.length === 0 || refused.length === views.length) break
    views = views.filter(({ what }) => refused.some((one) => one.what === what))
  }
  const rest = await tryAll(server, database, of('trigger', 'event'))
  return [...routines, ...refused, ...rest]
}

/** Sets what can be set only where the tables are now: defaults from sequences, a single table's foreign keys. */
export async function setDeferred(
  server: MysqlServer,
  database: string,
  deferred: ReadyDump['deferred'],
): Promise<NotMade[]> {
  const wanted = deferred.map(({ kind, table, sql }) => ({
    what: `the ${kind === 'foreign-key' ? 'foreign key' : 'default from a sequence'} of the table ${table}`,
    sql: `${kind === 'foreign-key' ? 'SET foreign_key_checks=1' : 'SET foreign_key_checks=0'}; ${immediate(Buffer.from(sql))}`,
  }))
  return tryAll(server, database, wanted)
}

/** Gives rights on single tables and routines. */
export function giveRights(
  server: MysqlServer,
  database: string,
  rights: readonly DatabaseRight[],
): Promise<NotMade[]> {
  const wanted = rights.map((right) => ({
    ...{ what: `the right of ${shownRight(right)}`, sql: giving(right, database) },
  }))
  return tryAll(server, database, wanted)
}

/** Makes an empty database with the character set of another. */
export function creating(
  database: string,
  { charset, collation }: { readonly charset: string; readonly collation: string },
): string {
  return `CREATE DATABASE IF NOT EXISTS ${identifier(database)}${charset === '' ? '' : ` CHARACTER SET ${charset} COLLATE ${collation}`}`
}

/** What a database gives to new tables. */
export interface DatabaseDefaults {
  readonly charset: string
  readonly collation: string
}

/** Gives a database other defaults, where it has not those already. What is in it does not change. */
export async function setDefaults(
  server: MysqlServer,
  database: string,
  { now, wanted }: { readonly now: DatabaseDefaults; readonly wanted: DatabaseDefaults | undefined },
): Promise<NotMade[]> {
  if (wanted === undefined || wanted.charset === '' || wanted.collation === now.collation) return []
  const sql = `ALTER DATABASE ${identifier(database)} CHARACTER SET ${wanted.charset} COLLATE ${wanted.collation}`
  return tryAll(server, database, [{ what: `the character set of ${database}`, sql }])
}
