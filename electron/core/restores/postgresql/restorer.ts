import { advise } from '../../../../shared/advice.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { panelBlocker } from '../account/panel-commands.ts'
import { isSystemDatabase } from '../../sources/evidence.ts'
import { archiveDumps, wantedDumps, type WantedDump } from '../archive-dumps.ts'
import { mapDatabase } from '../mapping.ts'
import { ownNames } from '../mysql/names.ts'
import type { PlanContext } from '../restore-context.ts'
import { nothingPlanned, type NewStep, type PlannedComponents, type Restorer } from '../restorer.ts'
import { archivedServer } from './archive-roles.ts'
import { componentOf, componentPlan, noteDump, noteTable, type Import } from './database-plan.ts'
import { dumpContents, tablesNamed } from './dump-contents.ts'
import { planInPlace } from './in-place-plan.ts'
import { noteServer, unusableServer } from './server-plan.ts'
import { planRoles, type PlannedRoles } from './target-roles.ts'
import { contentsOf, targetServer, type TargetServer } from './target-server.ts'

async function importsOf(
  context: PlanContext,
  server: TargetServer,
  dumps: readonly WantedDump[],
): Promise<Import[]> {
  const { archive, mapping, request, mark, note } = context
  const imports: Import[] = []
  for (const dump of dumps) {
    const contents = await dumpContents(archive.reader, dump.entry, context)
    if (contents === null) {
      note({
        ...{ level: 'blocker', code: 'corrupt' },
        text: `The dump of ${dump.database} is none of pg_dump's custom format, or is damaged.`,
        remedy: 'Use another backup, or restore without the databases.',
      })
      continue
    }
    const to = mapDatabase(mapping.databases, { engine: 'postgresql', name: dump.database }) ?? dump.database
    const [table] = dump.table === null ? [] : tablesNamed(contents, dump.table)
    // What undo does not find in the safety backup was not there before: it is removed, not restored.
    if (request.undoes !== null && dump.table !== null && table === undefined) continue
    const as = dump.table === null ? null : (request.tableAs ?? table?.name ?? dump.table)
    const live = server.databases.find(({ name }) => name === to) ?? null
    const now = live?.open === true ? await contentsOf(context, to) : null
    const names = ownNames(mark, as === null ? to : `${to}/${as}`)
    imports.push({ dump, contents, to, as, live, now, names })
  }
  return imports
}

/** Notes databases that are not the account's to replace, or that are in somebody's hands. */
function noteOthers({ to, live, names }: Import, context: PlanContext, server: TargetServer): void {
  const { target, note, mapping } = context
  const own = target.source?.databases.some(({ engine, name }) => engine === 'postgresql' && name === to)
  if (isSystemDatabase('postgresql', to) || (live !== null && own !== true)) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `${target.server.name} has a database ${to} that does not belong to ${mapping.user.to}.`,
      ...advise`Restore it under another name, ${{ way: 'rename', kind: 'db', from: null }}.`,
    })
  }
  const panel = live !== null || target.toMake !== null ? null : panelBlocker(context, { database: to })
  if (panel !== null) note(panel)
  if (live?.open === false) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `The database ${to} lets nobody in.`,
      remedy: `End what closed it, then: ALTER DATABASE ${to} ALLOW_CONNECTIONS true`,
    })
  }
  if (server.databases.some(({ name }) => name === names.old)) {
    note({
      ...{ level: 'blocker', code: 'conflict' },
      text: `An earlier restore of ${to} has not come to its end: the old one is ${names.old}.`,
      ...advise`End that one first, ${{ way: 'end-restore' }}.`,
    })
  }
}

function serverSteps({ roles }: PlannedRoles): NewStep[] {
  const own = roles.filter(({ state }) => state !== 'others')
  const missing = own.filter(({ state }) => state === 'missing').map(({ name }) => name)
  if (missing.length === 0) return []
  return [
    {
      ...{ kind: 'database-server', component: 'postgresql _server', engine: 'postgresql' },
      title: `Make the database roles that are not there: ${missing.join(', ')}`,
      undo: 'Removes these roles',
      users: own.map(({ name, state }) => ({ name, host: '', exists: state === 'exists' })),
      databases: [],
    },
  ]
}

function importStep({ dump, to, as, names, live, now }: Import, owner: string): NewStep {
  const table = dump.table === null || as === null ? null : { name: dump.table, as }
  const replaces = now?.relations.some(({ name }) => name === as) === true
  return {
    ...{
      kind: 'import-database',
      component: componentOf({ to, as }),
      engine: 'postgresql',
      owner,
      table,
      rights: [],
    },
    title:
      table !== null
        ? `Put the table ${table.name} of ${dump.database} into ${to} as ${table.as}`
        : `Put ${dump.database} in the place of the database ${to}`,
    undo:
      table !== null
        ? replaces
          ? `Puts the old table ${table.as} back`
          : `Removes the table ${table.as}`
        : live === null
          ? `Removes the database ${to}`
          : `Puts the old database ${to} back`,
    ...{ from: toRemoteName(dump.entry.path), fromDatabase: dump.database, database: to, method: 'swap' },
    why:
      table === null
        ? 'The dump is read into a second database and counted; then the two exchange their names in one transaction, for which sessions are ended.'
        : 'The table is read into a second database and counted, copied beside the others, and exchanged in one transaction.',
    scratch: names.scratch,
  }
}

async function plan(context: PlanContext): Promise<PlannedComponents> {
  const { items, archive, target, note, request, mapping } = context
  const dumps = wantedDumps(archiveDumps(archive.reader, 'postgresql'), items)
  if (dumps.length === 0) return nothingPlanned
  if (target.shell.privilege === 'user') return planInPlace(context, dumps)
  if (unusableServer(context, dumps.length)) return nothingPlanned
  if (request.tableAs !== null && (dumps.length !== 1 || dumps[0]?.table == null)) {
    note({
      ...{ level: 'blocker', code: 'table-as' },
      text: `One table can get another name, but this is ${dumps.length === 1 ? 'a whole database' : 'more than one'}.`,
      ...advise`Ask for one table ${{ way: 'items', items: ['databases/postgresql/DATABASE/TABLE'] }}.`,
    })
  }
  const server = await targetServer(context)
  const imports = await importsOf(context, server, dumps)
  const then = await archivedServer(archive.reader, context)
  const databases = imports.map(({ dump, to }) => ({ from: dump.database, to }))
  const roles = planRoles(context, server, { archive: then, databases })
  const space = await noteServer(context, { server, imports, archive: then })
  for (const one of imports) {
    noteOthers(one, context, server)
    noteDump(one, { server, then: then.databases.get(one.dump.database)?.owner ?? null }, context)
    await noteTable(one, context)
  }
  for (const { name, state } of roles.roles) {
    if (state !== 'others') continue
    note({
      ...{ level: 'warning', code: 'database-user' },
      text: `The database role ${name} is there and is not this account's, so it is left as it is and owns nothing of this.`,
      ...advise`Give it another name ${{ way: 'rename', kind: 'dbuser', from: name }}.`,
    })
  }
  const steps = imports.map((one): NewStep => {
    const owner = roles.ownerOf({ from: one.dump.database, to: one.to })
    if (owner === null) {
      note({
        ...{ level: 'blocker', code: 'conflict' },
        text: `There is no database role of ${mapping.user.to} that ${one.to} may belong to.`,
        remedy: `Make a role for ${mapping.user.to} on ${target.server.name} that is no administrator.`,
      })
    }
    return importStep(one, owner ?? mapping.user.to)
  })
  const replaced = imports.filter(({ live, as }) => live !== null && as === null)
  return {
    steps: [...serverSteps(roles), ...steps],
    components: imports.map(componentPlan),
    ...{ space, offline: replaced.map(({ to }) => ({ what: `The database ${to}`, seconds: 1 })) },
    logins: roles.roles.map(({ name, state, password }) => ({
      ...{ engine: 'postgresql', user: name },
      password: state !== 'missing' ? 'kept' : password === null ? 'none' : 'backup',
    })),
  }
}

/** Databases of PostgreSQL: the roles that they need first, then each by exchanging it with a second one. */
export const postgresqlRestorer: Restorer = { kinds: ['postgresql'], scopes: ['full', 'databases'], plan }
