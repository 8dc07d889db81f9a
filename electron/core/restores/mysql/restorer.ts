import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { isSystemDatabase } from '../../sources/evidence.ts'
import { panelBlocker } from '../account/panel-commands.ts'
import { mapDatabase } from '../mapping.ts'
import type { PlanContext } from '../restore-context.ts'
import { nothingPlanned, type NewStep, type PlannedComponents, type Restorer } from '../restorer.ts'
import { archiveDumps, wantedDumps, type WantedDump } from '../archive-dumps.ts'
import { tablesOf } from './archive-dumps.ts'
import { archiveServer } from './archive-users.ts'
import { componentOf, componentPlan, noteHindrances, type Import } from './database-plan.ts'
import { readContents } from './contents.ts'
import { serverFacts } from './flavour.ts'
import { noteServer, unusableServer } from './server-plan.ts'
import { ownNames } from './names.ts'
import { rootServer } from './over-there.ts'
import { planUsers, type PlannedUsers } from './target-users.ts'

async function importsOf(
  context: PlanContext,
  server: MysqlServer,
  dumps: readonly WantedDump[],
): Promise<Import[]> {
  const { archive, mapping, request, mark, signal } = context
  const imports: Import[] = []
  for (const dump of dumps) {
    const to = mapDatabase(mapping.databases, { engine: 'mysql', name: dump.database }) ?? dump.database
    const as = dump.table === null ? null : (request.tableAs ?? dump.table)
    const tables = dump.table === null ? await tablesOf(dump, archive.reader, { signal }) : [dump.table]
    const names = ownNames(mark, as === null ? to : `${to}/${as}`)
    imports.push({ dump, to, as, tables, names, now: await readContents(server, to) })
  }
  return imports
}

/** Notes databases that are not the account's to replace. */
function noteOthers({ to, now }: Import, { target, note, mapping }: PlanContext): void {
  const own = target.source?.databases.some(({ engine, name }) => engine === 'mysql' && name === to) === true
  if (!isSystemDatabase('mysql', to) && (own || !now.exists)) return
  note({
    ...{ level: 'blocker', code: 'conflict' },
    text: `${target.server.name} has a database ${to} that does not belong to ${mapping.user.to}.`,
    remedy: 'Restore it under another name, with --map db:OLD=NEW.',
  })
}

function serverSteps(imports: readonly Import[], { users }: PlannedUsers): NewStep[] {
  const databases = new Map(imports.map(({ to, now }) => [to, { name: to, exists: now.exists }]))
  const own = users.filter(({ state }) => state !== 'others')
  const missing = [
    ...[...databases.values()].filter(({ exists }) => !exists),
    ...own.filter((one) => one.state === 'missing'),
  ]
  if (missing.length === 0) return []
  const names = missing.map(({ name }) => name)
  return [
    {
      ...{ kind: 'database-server', component: 'mysql _server', engine: 'mysql' },
      title: `Make the databases and database users that are not there: ${[...new Set(names)].join(', ')}`,
      undo: `Removes these databases and users`,
      users: own.map(({ name, host, state }) => ({ name, host, exists: state === 'exists' })),
      databases: [...databases.values()],
    },
  ]
}

function importStep({ dump, to, as, names, now }: Import, owner: string): NewStep {
  const whole = dump.table === null || as === null
  return {
    ...{ kind: 'import-database', component: componentOf({ to, as }), engine: 'mysql', owner },
    title: whole
      ? `Put the tables of ${dump.database} in the place of those in ${to}`
      : `Put the table ${dump.table} of ${dump.database} into ${to} as ${as}`,
    undo: !now.exists
      ? 'Removes the tables and programs'
      : whole || now.tables.some(({ name }) => name === as)
        ? 'Puts the old tables and programs back'
        : `Removes the table ${as}`,
    ...{ from: toRemoteName(dump.entry.path), fromDatabase: dump.database, database: to, method: 'swap' },
    why: 'The tables are read into a second database and counted, then all are exchanged in one statement.',
    scratch: names.scratch,
    table: whole ? null : { name: dump.table, as },
  }
}

async function plan(context: PlanContext): Promise<PlannedComponents> {
  const { items, archive, target, note, request, signal, mapping } = context
  const dumps = wantedDumps(archiveDumps(archive.reader, 'mysql'), items)
  if (dumps.length === 0) return nothingPlanned
  if (unusableServer(context, dumps)) return nothingPlanned
  if (request.tableAs !== null && (dumps.length !== 1 || dumps[0]?.table == null)) {
    note({
      ...{ level: 'blocker', code: 'table-as' },
      text: `One table can get another name, but this is ${dumps.length === 1 ? 'a whole database' : 'more than one'}.`,
      remedy: 'Ask for one table with --item databases/mysql/DATABASE/TABLE.',
    })
  }
  const server = await rootServer(context)
  const facts = await serverFacts(server)
  const imports = await importsOf(context, server, dumps)
  const then = await archiveServer(archive.reader, { signal })
  const users = await planUsers(context, server, {
    archive: then,
    databases: imports.map(({ dump, to }) => ({ from: dump.database, to })),
  })
  const space = await noteServer(context, { server, facts, imports, users, databases: then.databases })
  for (const one of imports) {
    const panel =
      one.now.exists || target.toMake !== null ? null : panelBlocker(context, { database: one.to })
    if (panel !== null) note(panel)
    noteOthers(one, context)
    await noteHindrances(one, server, context)
  }
  const steps = imports.map((one): NewStep => {
    const owner = users.ownerOf(one.to)
    if (owner === null) {
      note({
        ...{ level: 'blocker', code: 'conflict' },
        text: `There is no database user of ${mapping.user.to} whom the programs of ${one.to} may belong to.`,
        remedy: `Make a database user for ${mapping.user.to} on ${target.server.name} with rights on its databases only.`,
      })
    }
    return importStep(one, owner ?? `${mapping.user.to}@localhost`)
  })
  return {
    steps: [...serverSteps(imports, users), ...steps],
    components: imports.map((one) => componentPlan(one, request.keepExtra)),
    ...{ space, offline: [] },
    logins: users.users.map(({ name, state, from }) => ({
      ...{ engine: 'mysql', user: name },
      password: state !== 'missing' ? 'kept' : from.identified === null ? 'none' : 'backup',
    })),
  }
}

/** Databases of MySQL and MariaDB: what they need around them first, then each by exchanging its tables. */
export const mysqlRestorer: Restorer = { kinds: ['mysql'], scopes: ['full', 'databases'], plan }
