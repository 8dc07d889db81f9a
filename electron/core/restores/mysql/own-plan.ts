import { textLiteral } from '../../collectors/mysql/sql.ts'
import { serverFor, type MysqlServer } from '../../collectors/mysql/server.ts'
import type { WantedDump } from '../archive-dumps.ts'
import { ownLogin } from '../own-login.ts'
import type { PlanContext } from '../restore-context.ts'
import type { PlannedComponents } from '../restorer.ts'
import { componentPlan, importStep, type Import } from './database-plan.ts'
import { serverFacts, type ServerFacts } from './flavour.ts'
import { keysInto, noteHindrances, noteTableAs } from './hindrances.ts'
import { goalOf, importOf } from './imports.ts'
import { untouchable } from './in-place.ts'
import { noteInPlace, secondsOf, spaceInPlace } from './in-place-notes.ts'
import { importMethod, type ImportMethod } from './method.ts'
import { noteOldPrograms, noteOldServer } from './old-server.ts'
import { answer, must } from './over-there.ts'
import { noteVersion } from './server-plan.ts'

const other = 'Use a login that is root or may become root by sudo, or restore without the databases.'

/** What a login must be allowed to in a database, so that nothing of a dump fails half way. */
const needed = [
  ...['CREATE', 'DROP', 'ALTER', 'INDEX', 'REFERENCES', 'INSERT', 'SELECT'],
  ...['CREATE VIEW', 'SHOW VIEW', 'TRIGGER', 'CREATE ROUTINE', 'ALTER ROUTINE', 'EVENT'],
]

/** Notes what the login may not do. Rights that come by a role are not told in this way, so then it is not asked. */
async function noteRights({ to }: Import, server: MysqlServer, { note }: PlanContext): Promise<void> {
  const role = await answer(server, ['SELECT CURRENT_ROLE()'], { force: true })
  if (!['NULL', 'NONE', undefined].includes(role.rows[0]?.[0])) return
  const rows = await must(
    server,
    [
      `SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE ${textLiteral(to)} LIKE TABLE_SCHEMA`,
      'SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES',
    ],
    { what: `say what may be done in ${to}` },
  )
  const has = new Set(rows.map(([privilege]) => privilege))
  const missing = needed.filter((privilege) => !has.has(privilege))
  if (missing.length === 0) return
  note({
    ...{ level: 'blocker', code: 'rights' },
    text: `The account's login of ${to} may not do there what a restore takes: ${missing.join(', ')}.`,
    remedy: other,
  })
}

/** Notes programs of somebody else: this login could not make them again. */
async function noteUntouchable(
  { to, as, tables, now }: Import,
  { server, owner }: { readonly server: MysqlServer; readonly owner: string },
  { note, request }: PlanContext,
): Promise<void> {
  const untouched = await untouchable(server, { database: to, owner })
  const goes = (table: string | null) =>
    table !== null && (as === null ? !request.keepExtra || tables.includes(table) : table === as)
  const isTheirs = ({ kind, name }: Import['now']['programs'][number]) => untouched.has(`${kind} ${name}`)
  const theirs = now.programs.filter(isTheirs)
  const lost = theirs.filter(({ kind, table }) => kind === 'trigger' && goes(table))
  const stay = as === null ? theirs.filter((program) => !lost.includes(program)) : []
  const named = (list: typeof theirs) =>
    list
      .slice(0, 5)
      .map(({ kind, name }) => `${kind} ${name}`)
      .join(', ')
  if (lost.length > 0) {
    note({
      ...{ level: 'blocker', code: 'definer' },
      text: `Tables of ${to} have triggers that belong to somebody else; they would go with their tables, and this login could not make them again: ${named(lost)}.`,
      remedy: other,
    })
  }
  if (stay.length > 0) {
    note({
      ...{ level: 'warning', code: 'definer' },
      text: `These programs of ${to} belong to somebody else and stay as they are, for this login could not make them again: ${named(stay)}.`,
      remedy: null,
    })
  }
}

/** Notes that triggers and functions cannot be made. Those that are there would be lost with their tables. */
function noteDistrust({ to, now }: Import, { distrusts }: ServerFacts, { note }: PlanContext): void {
  if (!distrusts) return
  const has = now.programs.some(({ kind }) => kind === 'trigger' || kind === 'function')
  note({
    ...{ level: has ? 'blocker' : 'warning', code: 'log-bin' },
    text: `The database server writes a binary log and lets nobody but administrators make triggers and functions, so those of the backup of ${to} are left out${has ? ', and those that are there would be lost' : ''}.`,
    remedy: 'Ask for log_bin_trust_function_creators=1 on that server, or use a login that is root.',
  })
}

/**
 * Plans databases as a plain login: the account's own login replaces their tables one by one, after they were saved in
 * the home.
 */
export async function planOwn(
  context: PlanContext,
  dumps: readonly WantedDump[],
): Promise<PlannedComponents> {
  const { target, note, signal, request, sameAccount } = context
  noteTableAs(context, dumps)
  const imports: (Import & { readonly owner: string; readonly way: ImportMethod })[] = []
  for (const dump of dumps) {
    const to = goalOf(context, dump)
    const login = ownLogin(context, { engine: 'mysql', database: to })
    if (login === null) {
      const text = `No configuration file of this account has a login that opens the database ${to}.`
      note({ level: 'blocker', code: 'unsupported', text, remedy: other })
      continue
    }
    const server = serverFor(target.shell, login, signal)
    const facts = await serverFacts(server)
    const [[owner = ''] = []] = await must(server, ['SELECT CURRENT_USER()'], { what: 'say who asks it' })
    noteOldServer(context, facts)
    noteVersion(context, facts)
    const one = await importOf(context, server, dump)
    if (one === null) continue
    const keys = await keysInto(one, server, context)
    const way = importMethod({ ...facts, login: 'own', keys: keys.length })
    imports.push({ ...one, owner, way })
    noteOldPrograms(one, facts, context)
    noteDistrust(one, facts, context)
    await noteRights(one, server, context)
    await noteUntouchable(one, { server, owner }, context)
    await noteHindrances(one, { server, keys }, context)
    noteInPlace(one, way, context)
  }
  if (imports.length > 0 && !sameAccount) {
    note({
      ...{ level: 'warning', code: 'grants' },
      text: 'Database users and rights of the backup are not brought, for only root may make them.',
      remedy: null,
    })
  }
  return {
    steps: imports.map((one) => importStep(one, { owner: one.owner, ...one.way })),
    components: imports.map((one) => componentPlan(one, request.keepExtra)),
    space: spaceInPlace(context, imports),
    offline: imports.map((one) => ({ what: `Tables of ${one.to}`, seconds: secondsOf(one) })),
  }
}
