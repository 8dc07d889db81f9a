import { accountName, identifier, textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { DatabaseRight } from '../../../../shared/model/restore-plan.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { must } from './over-there.ts'
import { immediate } from './stored-programs.ts'

/** A right on one table or routine, as an archive tells of it. */
export type SingleGrant = Pick<DatabaseRight, 'on' | 'name' | 'privileges'> & { readonly database: string }

const onColumns = ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']
const known: Readonly<Record<DatabaseRight['on'], readonly string[]>> = {
  table: [
    ...['ALL PRIVILEGES', ...onColumns, 'DELETE', 'CREATE', 'DROP', 'INDEX', 'ALTER'],
    ...['CREATE VIEW', 'SHOW VIEW', 'TRIGGER', 'DELETE HISTORY'],
  ],
  procedure: ['ALL PRIVILEGES', 'EXECUTE', 'ALTER ROUTINE', 'SHOW CREATE ROUTINE'],
  function: ['ALL PRIVILEGES', 'EXECUTE', 'ALTER ROUTINE', 'SHOW CREATE ROUTINE'],
}

const name = '`((?:[^`]|``)+)`'
const columns = '`(?:[^`]|``)+`(?:, `(?:[^`]|``)+`)*'
const privilege = `[A-Z]+(?: [A-Z]+)*(?: \\(${columns}\\))?`
const pattern = new RegExp(
  `^GRANT (${privilege}(?:, ${privilege})*) ON (?:(PROCEDURE|FUNCTION) )?${name}\\.${name} TO [\`']`,
)

function unquoted(quoted: string): string {
  return quoted.replaceAll('``', '`')
}

function privilegesIn(list: string): DatabaseRight['privileges'] {
  const one = new RegExp(`([A-Z]+(?: [A-Z]+)*)(?: \\((${columns})\\))?(?:, |$)`, 'y')
  return [...list.matchAll(new RegExp(one.source, 'g'))].map(([, word = '', inside = '']) => ({
    name: word,
    columns: [...inside.matchAll(new RegExp(name, 'g'))].map(([, column = '']) => unquoted(column)),
  }))
}

/** A grant on a table, on columns or on a routine, without the right to give it on; null where it is none. */
export function parseSingleGrant(text: string): SingleGrant | null {
  const [, list = '', routine = 'TABLE', database, object] = pattern.exec(text) ?? []
  if (database === undefined || object === undefined) return null
  const on = routine.toLowerCase() as DatabaseRight['on']
  const privileges = privilegesIn(list)
  const isKnown = (one: DatabaseRight['privileges'][number]) =>
    known[on].includes(one.name) &&
    (one.columns.length === 0 || (on === 'table' && onColumns.includes(one.name)))
  if (!privileges.every(isKnown)) return null
  return { on, privileges, database: unquoted(database), name: unquoted(object) }
}

/** For people: `reader@localhost on the table posts`. */
export function shownRight({ user, host, on, name: object }: DatabaseRight): string {
  return `${user}@${host} on the ${on} ${object}`
}

/** Gives a right. One statement. */
export function giving(
  { user, host, on, name: object, privileges }: DatabaseRight,
  database: string,
): string {
  const list = privileges.map(({ name: word, columns: within }) =>
    within.length === 0 ? word : `${word} (${within.map(identifier).join(', ')})`,
  )
  const kind = on === 'table' ? '' : `${on.toUpperCase()} `
  return immediate(
    Buffer.from(
      `GRANT ${list.join(', ')} ON ${kind}${identifier(database)}.${identifier(object)} TO ${accountName(user, host)}`,
    ),
  )
}

/** Those of the rights that a server has not a trace of. */
export async function missingRights(
  server: MysqlServer,
  database: string,
  rights: readonly DatabaseRight[],
): Promise<DatabaseRight[]> {
  if (rights.length === 0) return []
  const of = textLiteral(database)
  const rows = await must(
    server,
    [
      `SELECT HEX(User), HEX(Host), 'table', HEX(Table_name) FROM mysql.tables_priv WHERE Db = ${of}`,
      `SELECT HEX(User), HEX(Host), LOWER(Routine_type), HEX(Routine_name) FROM mysql.procs_priv WHERE Db = ${of}`,
    ],
    { what: 'say who has which rights' },
  )
  const has = new Set(
    rows.map(([user, host, on, object]) => JSON.stringify([unhex(user), unhex(host), on, unhex(object)])),
  )
  return rights.filter(
    ({ user, host, on, name: object }) => !has.has(JSON.stringify([user, host, on, object])),
  )
}
