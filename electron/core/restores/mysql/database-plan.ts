import type { ComponentPlan, DatabaseRight } from '../../../../shared/model/restore-plan.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { WantedDump } from '../archive-dumps.ts'
import type { NewStep } from '../restorer.ts'
import type { Contents } from './contents.ts'
import type { ImportMethod } from './method.ts'
import type { OwnNames } from './names.ts'

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

/** One step of a plan. `owner`: whom programs will belong to, `user@host`. */
export function importStep(
  { dump, to, as, names, now }: Import,
  {
    owner,
    method,
    why,
    rights = [],
  }: { readonly owner: string; readonly rights?: readonly DatabaseRight[] } & ImportMethod,
): NewStep {
  const whole = dump.table === null || as === null
  const replaces = whole || now.tables.some(({ name }) => name === as)
  return {
    ...{ kind: 'import-database', component: componentOf({ to, as }), engine: 'mysql', owner, method, why },
    title: whole
      ? `Put the tables of ${dump.database} in the place of those in ${to}`
      : `Put the table ${dump.table} of ${dump.database} into ${to} as ${as}`,
    undo: !now.exists
      ? 'Removes the tables and programs'
      : !replaces
        ? `Removes the table ${as}`
        : method === 'swap'
          ? 'Puts the old tables and programs back'
          : 'Makes the old tables again from a dump on the server, and the old programs',
    ...{ from: toRemoteName(dump.entry.path), fromDatabase: dump.database, database: to },
    ...{ scratch: names.scratch, rights: whole ? [...rights] : [] },
    table: whole ? null : { name: dump.table, as },
  }
}
