import { advise } from '../../../../shared/advice.ts'
import { isSystemDatabase } from '../../sources/evidence.ts'
import { panelBlocker } from '../account/panel-commands.ts'
import { archiveDumps, wantedDumps } from '../archive-dumps.ts'
import type { PlanContext } from '../restore-context.ts'
import { nothingPlanned, type NewStep, type PlannedComponents, type Restorer } from '../restorer.ts'
import { archiveServer } from './archive-users.ts'
import { componentPlan, importStep, type Import } from './database-plan.ts'
import { serverFacts } from './flavour.ts'
import { keysInto, noteHindrances, noteTableAs } from './hindrances.ts'
import { importOf } from './imports.ts'
import { noteInPlace, secondsOf, spaceInPlace } from './in-place-notes.ts'
import { importMethod, type ImportMethod } from './method.ts'
import { noteOldPrograms } from './old-server.ts'
import { rootServer } from './over-there.ts'
import { planOwn } from './own-plan.ts'
import { noteServer, unusableServer } from './server-plan.ts'
import { planUsers, rightsIn, type PlannedUsers } from './target-users.ts'

/** Notes databases that are not the account's to replace. */
function noteOthers({ to, now }: Import, { target, note, mapping }: PlanContext): void {
  const own = target.source?.databases.some(({ engine, name }) => engine === 'mysql' && name === to) === true
  if (!isSystemDatabase('mysql', to) && (own || !now.exists)) return
  note({
    ...{ level: 'blocker', code: 'conflict' },
    text: `${target.server.name} has a database ${to} that does not belong to ${mapping.user.to}.`,
    ...advise`Restore it under another name, ${{ way: 'rename', kind: 'db', from: null }}.`,
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

async function plan(context: PlanContext): Promise<PlannedComponents> {
  const { items, archive, target, note, request, signal, mapping } = context
  const dumps = wantedDumps(archiveDumps(archive.reader, 'mysql'), items)
  if (dumps.length === 0) return nothingPlanned
  if (target.shell.privilege === 'user') return planOwn(context, dumps)
  if (unusableServer(context, dumps.length)) return nothingPlanned
  noteTableAs(context, dumps)
  const server = await rootServer(context)
  const facts = await serverFacts(server)
  const imports: (Import & { readonly way: ImportMethod; readonly keys: readonly string[] })[] = []
  for (const dump of dumps) {
    const one = await importOf(context, server, dump)
    if (one === null) continue
    const keys = await keysInto(one, server, context)
    imports.push({ ...one, keys, way: importMethod({ ...facts, login: 'root', keys: keys.length }) })
  }
  const then = await archiveServer(archive.reader, { signal })
  const users = await planUsers(context, server, {
    archive: then,
    databases: imports.map(({ dump, to }) => ({ from: dump.database, to })),
  })
  const inPlace = imports.filter(({ way }) => way.method === 'in-place')
  const space = await noteServer(context, { server, facts, imports, users, archive: then })
  for (const one of imports) {
    const panel =
      one.now.exists || target.toMake !== null ? null : panelBlocker(context, { database: one.to })
    if (panel !== null) note(panel)
    noteOthers(one, context)
    noteOldPrograms(one, facts, context)
    await noteHindrances(one, { server, keys: one.keys }, context)
    if (one.way.method === 'in-place') noteInPlace(one, one.way, context)
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
    return importStep(one, {
      ...{ owner: owner ?? `${mapping.user.to}@localhost`, rights: rightsIn(users, one.to) },
      ...one.way,
    })
  })
  return {
    steps: [...serverSteps(imports, users), ...steps],
    components: imports.map((one) => componentPlan(one, request.keepExtra)),
    space: [...space, ...spaceInPlace(context, inPlace)],
    offline: inPlace.map((one) => ({ what: `Tables of ${one.to}`, seconds: secondsOf(one) })),
    logins: users.users.map(({ name, state, from }) => ({
      ...{ engine: 'mysql', user: name },
      password: state !== 'missing' ? 'kept' : from.identified === null ? 'none' : 'backup',
    })),
  }
}

/** Databases of MySQL and MariaDB: what they need around them first, then each by exchanging its tables, or one by one. */
export const mysqlRestorer: Restorer = { kinds: ['mysql'], scopes: ['full', 'databases'], plan }
