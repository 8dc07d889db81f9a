import { advise, remedied } from '../../../../shared/advice.ts'
import { textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { WantedDump } from '../archive-dumps.ts'
import type { PlanContext } from '../restore-context.ts'
import type { Import } from './database-plan.ts'
import { must } from './over-there.ts'

/** Notes that more than one table was asked for under one new name. */
export function noteTableAs({ request, note }: PlanContext, dumps: readonly WantedDump[]): void {
  if (request.tableAs === null || (dumps.length === 1 && dumps[0]?.table != null)) return
  note({
    ...{ level: 'blocker', code: 'table-as' },
    text: `One table can get another name, but this is ${dumps.length === 1 ? 'a whole database' : 'more than one'}.`,
    ...advise`Ask for one table ${{ way: 'items', items: ['databases/mysql/DATABASE/TABLE'] }}.`,
  })
}

/** Foreign keys of tables that stay, or of other databases, into what is replaced: `schema.table → table`. */
export async function keysInto(
  { to, as, tables }: Import,
  server: MysqlServer,
  { request }: PlanContext,
): Promise<string[]> {
  const rows = await must(
    server,
    [
      `SELECT DISTINCT HEX(TABLE_SCHEMA), HEX(TABLE_NAME), HEX(REFERENCED_TABLE_NAME) FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA = ${textLiteral(to)}`,
    ],
    { what: `say what hangs on ${to}` },
  )
  const partly = as !== null || request.keepExtra
  const replaced = as === null ? tables : [as]
  return rows
    .map((row) => row.map(unhex))
    .filter(([schema = '', table = '', referenced = '']) => {
      if (schema !== to) return !partly || replaced.includes(referenced)
      return partly && replaced.includes(referenced) && !replaced.includes(table)
    })
    .map(([schema, table, referenced]) => `${schema}.${table} → ${referenced}`)
}

/** Notes what stands against taking a dump into use. `keys`: those into what is replaced. */
export async function noteHindrances(
  { to, as, now, names }: Import,
  { server, keys }: { readonly server: MysqlServer; readonly keys: readonly string[] },
  { note, request }: PlanContext,
): Promise<void> {
  if (keys.length > 0) {
    note({
      ...{ level: 'warning', code: 'foreign-key' },
      text: `Foreign keys of other tables point into what is replaced in ${to}: ${keys.slice(0, 5).join(', ')}. They will hold for the new tables, but nobody checks whether every row of theirs has its counterpart.`,
      ...remedied(
        as === null
          ? 'Look for rows without one afterwards.'
          : advise`Restore the table under another name ${{ way: 'table-as' }}, or the whole database, or look for rows without one afterwards.`,
      ),
    })
  }
  const left = await must(
    server,
    [`SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${textLiteral(names.old)} LIMIT 1`],
    { what: `say what hangs on ${to}` },
  )
  if (left.length > 0) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `An earlier restore of ${to} has not come to its end: its old tables are in ${names.old}.`,
      ...advise`End that one first, ${{ way: 'end-restore' }}.`,
    })
  }
  if (as !== null && request.tableAs !== null && now.tables.some((table) => table.name === as)) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `${to} has a table ${as} already.`,
      ...advise`Choose another name ${{ way: 'table-as' }}.`,
    })
  }
}
