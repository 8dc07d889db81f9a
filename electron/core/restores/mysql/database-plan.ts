import type { ComponentPlan } from '../../../../shared/model/restore-plan.ts'
import { textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { PlanContext } from '../restore-context.ts'
import type { WantedDump } from '../archive-dumps.ts'
import type { Contents } from './contents.ts'
import type { OwnNames } from './names.ts'
import { must } from './over-there.ts'

const shown = (lines: readonly string[]) => ({ count: lines.length, first: lines.slice(0, 1000) })

/** One dump and the database that it goes into. */
export interface Import {
  readonly dump: WantedDump
  readonly to: string
  /** Of a single table: the name that it gets. */
  readonly as: string | null
  readonly tables: readonly string[]
  readonly now: Contents
  readonly names: OwnNames
}

/** How a component is named, in plans and reports. */
export function componentOf({ to, as }: Pick<Import, 'to' | 'as'>): string {
  return as === null ? `mysql ${to}` : `mysql ${to} ${as}`
}

/** What happens to the tables of one database. */
export function componentPlan({ dump, to, as, tables, now }: Import, keepExtra: boolean): ComponentPlan {
  const have = now.tables.filter(({ type }) => type !== 'sequence').map(({ name }) => name)
  const comes = as === null ? tables : [as]
  const rest = as === null ? have.filter((name) => !comes.includes(name)) : []
  return {
    ...{ kind: 'mysql', component: componentOf({ to, as }), unit: 'tables' },
    added: shown(comes.filter((name) => !have.includes(name))),
    overwritten: shown(comes.filter((name) => have.includes(name))),
    deleted: shown(keepExtra ? [] : rest),
    kept: shown(keepExtra ? rest.map((name) => `${name}: not in the backup`) : []),
    ...{ unchanged: 0, bytes: dump.entry.size },
  }
}

/** Notes what forbids taking a dump into use by exchanging tables, or makes it slower. */
export async function noteHindrances(
  { to, as, tables, now, names }: Import,
  server: MysqlServer,
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
  if (blocking.length > 0) {
    const keys = blocking
      .slice(0, 5)
      .map(([schema, table, referenced]) => `${schema}.${table} → ${referenced}`)
    note({
      ...{ level: 'blocker', code: 'foreign-key' },
      text: `Foreign keys of other tables point into what would be replaced in ${to}: ${keys.join(', ')}. They would follow the old tables.`,
      remedy:
        as === null
          ? 'Remove these foreign keys, restore, and make them again.'
          : 'Restore the table under another name with --table-as, or the whole database.',
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
