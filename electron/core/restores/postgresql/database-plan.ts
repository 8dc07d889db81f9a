import { advise } from '../../../../shared/advice.ts'
import type { ComponentPlan } from '../../../../shared/model/restore-plan.ts'
import type { WantedDump } from '../archive-dumps.ts'
import type { OwnNames } from '../mysql/names.ts'
import type { PlanContext } from '../restore-context.ts'
import { tablesIn, tablesNamed, type DumpContents } from './dump-contents.ts'
import { neededExtensions } from './extensions.ts'
import { entryName, passing } from './passing.ts'
import { findTable } from './table-facts.ts'
import type { Contents, LiveDatabase, TargetServer } from './target-server.ts'

const shown = (lines: readonly string[]) => ({ count: lines.length, first: lines.slice(0, 1000) })

/** One dump and the database that it goes into. */
export interface Import {
  readonly dump: WantedDump
  readonly contents: DumpContents
  readonly to: string
  /** Of a single table: the name that it gets. */
  readonly as: string | null
  readonly names: OwnNames
  readonly live: LiveDatabase | null
  readonly now: Contents | null
}

/** How a component is named, in plans and reports. */
export function componentOf({ to, as }: Pick<Import, 'to' | 'as'>): string {
  return as === null ? `postgresql ${to}` : `postgresql ${to} ${as}`
}

/** What happens to the tables of one database. */
export function componentPlan({ dump, contents, to, as, now }: Import): ComponentPlan {
  const have = (now?.relations ?? []).flatMap(({ kind, schema, name }) =>
    'rpf'.includes(kind) ? [`${schema}.${name}`] : [],
  )
  const [table] = dump.table === null ? [] : tablesNamed(contents, dump.table)
  const comes = as === null ? tablesIn(contents) : table === undefined ? [] : [`${table.schema}.${as}`]
  return {
    ...{ kind: 'postgresql', component: componentOf({ to, as }), unit: 'tables' },
    added: shown(comes.filter((name) => !have.includes(name))),
    overwritten: shown(comes.filter((name) => have.includes(name))),
    deleted: shown(as === null ? have.filter((name) => !comes.includes(name)) : []),
    kept: shown([]),
    ...{ unchanged: 0, bytes: dump.entry.size },
  }
}

/** Notes what of a dump cannot come, and who would have to do what for it. `then`: who owned the dumped database. */
export function noteDump(
  one: Import,
  { server, then }: { readonly server: TargetServer; readonly then: string | null },
  { note, target, request, sameAccount, archive }: PlanContext,
): void {
  const { contents, to, as, now } = one
  const { missing, forbidden } = neededExtensions(contents, server, now)
  if (missing.length > 0) {
    note({
      ...{ level: 'blocker', code: 'extension' },
      text: `${to} needs extensions that ${target.server.name} does not have: ${missing.join(', ')}.`,
      remedy: 'Install their packages there, and plan again.',
    })
  }
  if (forbidden.length > 0) {
    note({
      ...{ level: 'blocker', code: 'extension' },
      text: `${to} needs extensions that only an administrator may make: ${forbidden.join(', ')}.`,
      remedy: `As the system's user postgres, make ${now === null ? `the database ${to} and ` : ''}these with CREATE EXTENSION in ${to}, and plan again.`,
    })
  }
  if (request.keepExtra && as === null && now !== null) {
    note({
      ...{ level: 'blocker', code: 'keep-extra' },
      text: `${to} is exchanged as a whole, so nothing that is only in it could be kept.`,
      ...advise`Restore it ${{ way: 'keep-extra' }}, restore single tables, or restore under another name ${{ way: 'rename', kind: 'db', from: one.dump.database }}.`,
    })
  }
  if (as !== null) return
  const provided = { extensions: new Set<string>(), schemas: new Set<string>() }
  const { refused, grants } = passing(contents.entries, { grants: sameAccount && archive.trusted, provided })
  if (refused.length > 0) {
    note({
      ...{ level: 'warning', code: 'left-out' },
      text: `${refused.length} things of ${to} are left out, for only an administrator could make them: ${refused.slice(0, 5).map(entryName).join(', ')}.`,
      ...advise`Look at them ${{ way: 'extract' }} and pg_restore --list, and make them by hand if they are wanted.`,
    })
  }
  const others = [...new Set(contents.entries.map(({ owner }) => owner))].filter(
    (owner) => owner !== '' && owner !== then && owner !== 'postgres' && owner !== 'pg_database_owner',
  )
  if (then !== null && others.length > 0) {
    note({
      ...{ level: 'info', code: 'owners' },
      text: `Everything in ${to} will belong to its owner, also what belonged to ${others.slice(0, 5).join(', ')}.`,
      remedy: null,
    })
  }
  if (grants.length > 0) {
    note({
      ...{ level: 'warning', code: 'grants' },
      text: `${grants.length} rights of roles on single things of ${to} are not brought.`,
      remedy: 'Give them by hand after the restore.',
    })
  }
}

/** Notes what stands against putting a single table in its place. */
export async function noteTable(one: Import, context: PlanContext): Promise<void> {
  const { dump, contents, to, as, live } = one
  if (dump.table === null || as === null) return
  const { note, request } = context
  const tables = tablesNamed(contents, dump.table)
  const [table] = tables
  if (table === undefined || tables.length > 1) {
    const several = tables.map(({ schema, name }) => `${schema}.${name}`).join(', ')
    note({
      ...{ level: 'blocker', code: 'not-found' },
      text: `The dump of ${dump.database} has ${table === undefined ? `no table ${dump.table}` : `several tables ${dump.table}: ${several}`}.`,
      remedy: 'Name one as SCHEMA.TABLE; holdfast ls shows them.',
    })
    return
  }
  if (live === null) {
    note({
      ...{ level: 'blocker', code: 'not-found' },
      text: `There is no database ${to} that the table ${as} could come into.`,
      remedy: 'Restore the whole database first.',
    })
    return
  }
  const there = await findTable(context, to, { schema: table.schema, name: as })
  if (there === null) return
  if (request.tableAs !== null) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `${to} has a table ${as} already.`,
      ...advise`Choose another name ${{ way: 'table-as' }}.`,
    })
  } else if (there.dependents.length > 0 || there.inherits) {
    const what = there.inherits ? ['its partitions'] : there.dependents
    note({
      ...{ level: 'blocker', code: 'foreign-key' },
      text: `Other things of ${to} hang on the table ${as} and would go on with the old one: ${what.slice(0, 5).join(', ')}.`,
      ...advise`Restore the table under another name ${{ way: 'table-as' }}, or the whole database.`,
    })
  }
}
