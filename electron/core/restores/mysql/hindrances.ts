import { textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { WantedDump } from '../archive-dumps.ts'
import type { PlanContext } from '../restore-context.ts'
import type { Import } from './database-plan.ts'
import type { ImportMethod } from './method.ts'
import { must } from './over-there.ts'

/** Notes that more than one table was asked for under one new name. */
export function noteTableAs({ request, note }: PlanContext, dumps: readonly WantedDump[]): void {
  if (request.tableAs === null || (dumps.length === 1 && dumps[0]?.table != null)) return
  note({
    ...{ level: 'blocker', code: 'table-as' },
    text: `One table can get another name, but this is ${dumps.length === 1 ? 'a whole database' : 'more than one'}.`,
    remedy: 'Ask for one table with --item databases/mysql/DATABASE/TABLE.',
  })
}

/** Notes what forbids taking a dump into use, by exchanging tables or in place. */
export async function noteHindrances(
  { to, as, tables, now, names }: Import,
  { server, method }: { readonly server: MysqlServer } & Pick<ImportMethod, 'method'>,
  { note, request }: PlanContext,
): Promise<void> {
  const name = textLiteral(to)
  const rows = await must(
    server,
    [
      `SELECT DISTINCT 'key', HEX(TABLE_SCHEMA), HEX(TABLE_NAME), HEX(REFERENCED_TABLE_NAME) FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA = ${name}`,
      `SELECT 'left', HEX(TABLE_SCHEMA), '', '' FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${textLiteral(names.old)} LIMIT 1`,
    ],
    { what: `say what hangs on ${to}` },
  )
  const partly = as !== null || request.keepExtra
  const replaced = as === null ? tables : [as]
  const blocking = rows
    .filter(([tag]) => tag === 'key')
    .map((row) => row.slice(1).map(unhex))
    .filter(([schema = '', table = '', referenced = '']) => {
      if (schema !== to) return !partly || replaced.includes(referenced)
      return partly && replaced.includes(referenced) && !replaced.includes(table)
    })
  const keys = blocking
    .slice(0, 5)
    .map(([schema, table, referenced]) => `${schema}.${table} → ${referenced}`)
    .join(', ')
  if (blocking.length > 0 && method === 'swap') {
    note({
      ...{ level: 'blocker', code: 'foreign-key' },
      text: `Foreign keys of other tables point into what would be replaced in ${to}: ${keys}. They would follow the old tables.`,
      remedy:
        as === null
          ? 'Remove these foreign keys, restore, and make them again.'
          : 'Restore the table under another name with --table-as, or the whole database.',
    })
  }
  if (blocking.length > 0 && method === 'in-place') {
    note({
      ...{ level: 'warning', code: 'foreign-key' },
      text: `Foreign keys of other tables point into what is replaced in ${to}: ${keys}. They will hold for the new tables, but nobody checks whether every row of theirs has its counterpart.`,
      remedy: 'Restore these tables too, or look for rows without one afterwards.',
    })
  }
  if (rows.some(([tag]) => tag === 'left')) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `An earlier restore of ${to} has not come to its end: its old tables are in ${names.old}.`,
      remedy: 'End that one first, with holdfast restore resume or rollback.',
    })
  }
  if (as !== null && request.tableAs !== null && now.tables.some((table) => table.name === as)) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `${to} has a table ${as} already.`,
      remedy: 'Choose another name with --table-as.',
    })
  }
}
