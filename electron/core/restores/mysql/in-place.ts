import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { databaseFacts } from '../../collectors/mysql/facts.ts'
import { textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { noteBefore, notedBefore, type Before } from './before.ts'
import { checkImport } from './check-import.ts'
import { readContents, readPrograms, type Contents } from './contents.ts'
import { exchangeOf, type Exchange } from './exchange.ts'
import { finishImport } from './finish-import.ts'
import { serverFacts } from './flavour.ts'
import { droppingLogin, withImportLogin } from './import-login.ts'
import type { TargetServer } from '../sql/lexing.ts'
import { namesOf } from './names.ts'
import { beyond } from './old-server.ts'
import { must, serverOf, shortWait } from './over-there.ts'
import { countRows } from './prepare-import.ts'
import { readDump, walkDump } from './read-dump.ts'
import { noteReady, readyDump, requireTable, type ReadyDump } from './ready-dump.ts'
import { forgetSaved, readSaved, requireSaved, saveTables } from './saved-tables.ts'
import { dropping, programKey } from './stored-programs.ts'
import { dropTables, putDefinitionsBack } from './take-back.ts'

type Step = StepOf<'import-database'>

const isPlain = ({ target }: StepContext) => target.shell.privilege === 'user'

/** Who reads tables in: the account's own login, or one that root makes for it and that may do nothing else. */
function reading<T>(
  step: Step,
  context: StepContext,
  server: MysqlServer,
  use: (login: Secret) => Promise<T>,
): Promise<T> {
  const { login } = server.access
  if (isPlain(context) && login !== '') return use(login)
  return withImportLogin(server, { login: namesOf(step.scratch).login, database: step.database }, use)
}

/** Goes through the whole dump before anything is changed: what is wrong with it is found while nothing is half done. */
async function prepare(step: Step, context: StepContext): Promise<void> {
  const server = await serverOf(context, step.database)
  await context.noteFacts({ begun: true })
  const dump = await walkDump(step, context, await serverFacts(server))
  requireTable(step, dump)
  await noteReady(step, dump, context)
}

/** Keys of the programs that this login could not make again as they are: those of somebody else. */
export async function untouchable(
  server: MysqlServer,
  { database, owner }: { readonly database: string; readonly owner: string },
): Promise<ReadonlySet<string>> {
  const facts = (await databaseFacts(server, [database])).get(database)
  const programs = facts?.programs ?? []
  return new Set(
    programs
      .filter(({ definer, readable }) => !readable || definer !== owner)
      .map(({ kind, name }) => `${kind} ${name}`),
  )
}

const somebodys = {
  why: 'belongs to somebody else',
  remedy: 'Restore it with a login that is root.',
} as const
const byHand = {
  why: 'is taken by hand only on a server before MariaDB 10.6.2',
  remedy: 'Make it by hand from the dump, or update the database server.',
} as const

/** Why programs are not touched, by their keys. */
type Untouched = ReadonlyMap<string, typeof somebodys | typeof byHand>

async function untouchedOf(
  step: Step,
  context: StepContext,
  { server, now, facts }: { server: MysqlServer; now: Contents; facts: TargetServer },
): Promise<Untouched> {
  const theirs = isPlain(context)
    ? await untouchable(server, { database: step.database, owner: step.owner })
    : new Set<string>()
  return new Map<string, typeof somebodys | typeof byHand>([
    ...beyond(now.programs, facts).map((program) => [programKey(program), byHand] as const),
    ...[...theirs].map((key) => [key, somebodys] as const),
  ])
}

/** Works an exchange out that touches nothing that could not be made again. Throws `unsupported` where it must. */
function possible(exchange: Exchange, untouched: Untouched, step: Step): Exchange {
  for (const { kind, name } of exchange.first) {
    const found = untouched.get(programKey({ kind, name }))
    if (found === undefined) continue
    throw new AppError(
      'unsupported',
      `The ${kind} ${name} of ${step.database} ${found.why} and would be lost. Nothing was changed. ${found.remedy}`,
    )
  }
  return { ...exchange, drops: exchange.drops.filter((program) => !untouched.has(programKey(program))) }
}

/** Tables that foreign keys go out from or point to, which cannot be replaced while the other one is of another time. */
async function linkedTables(server: MysqlServer, database: string): Promise<string[]> {
  const rows = await must(
    server,
    [
      `SELECT HEX(TABLE_NAME), HEX(REFERENCED_TABLE_NAME) FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ${textLiteral(database)} AND REFERENCED_TABLE_NAME IS NOT NULL`,
    ],
    { what: `say which keys ${database} has` },
  )
  return rows.flat().map(unhex)
}

/** Removes those of the programs that are views: a table gets the name. */
async function dropViews(server: MysqlServer, step: Step, programs: Contents['programs']): Promise<void> {
  const views = programs.filter(({ kind }) => kind === 'view')
  if (views.length === 0) return
  await must(server, [shortWait, ...views.map(dropping)], {
    ...{ what: 'remove views whose names tables get', database: step.database },
  })
}

async function replaceTables(
  step: Step,
  context: StepContext,
  { server, exchange, dump }: { server: MysqlServer; exchange: Exchange; dump: ReadyDump },
): Promise<void> {
  await dropViews(server, step, exchange.first)
  const first = new Set([...dump.linked, ...(await linkedTables(server, step.database))])
  await dropTables(
    server,
    step.database,
    exchange.goes.filter((name) => first.has(name)),
  )
  const facts = await serverFacts(server)
  const read = await reading(step, context, server, (login) =>
    readDump(step, context, { server: facts, replaces: true, login, into: step.database }),
  )
  const coming = new Set(exchange.comes)
  await dropTables(
    server,
    step.database,
    exchange.goes.filter((name) => !coming.has(name)),
  )
  const counts = await countRows(server, step.database, exchange.comes)
  const few = dump.tables.filter(({ name, rows }) => coming.has(name) && (counts.get(name) ?? -1) < rows)
  if (few.length === 0 && read.tables.length === dump.tables.length) return
  const said = few
    .slice(0, 5)
    .map(({ name, rows }) => `${name}: ${counts.get(name) ?? 'none'} of ${rows} rows`)
  throw new AppError(
    'write-failed',
    `Not every row of ${step.fromDatabase} arrived (${said.join(', ')}). ${step.database} is put back as it was; try again.`,
  )
}

async function apply(step: Step, context: StepContext): Promise<void> {
  const server = await serverOf(context, step.database)
  const now = await readContents(server, step.database)
  const programs = await readPrograms(server, step.database, now)
  const facts = await serverFacts(server)
  const untouched = await untouchedOf(step, context, { server, now, facts })
  const ready = readyDump(context)
  const exchange = possible(exchangeOf(step, ready, now, context.request.keepExtra), untouched, step)
  const left = new Set(beyond(ready.programs, facts).map(programKey))
  const stays = ready.programs.filter((program) => {
    const key = programKey(program)
    return untouched.has(key) || left.has(key)
  })
  for (const { kind, name } of stays) {
    const there = untouched.get(programKey({ kind, name }))
    const { why, remedy } = there ?? byHand
    context.remark({
      text: `${step.database}: the ${kind} ${name} ${why} and ${there === undefined ? 'is left out' : 'stays as it is'}.`,
      remedy,
    })
  }
  const made = step.table !== null && !now.tables.some(({ name }) => name === step.table?.as)
  await noteBefore(context, { now, programs, exchange, untouched: [...untouched.keys(), ...left], made })
  const saved = exchange.goes.length > 0
  if (saved) await saveTables(step, context, { server, now, names: exchange.goes })
  await context.noteFacts({ changing: true, saved })
  await replaceTables(step, context, { server, exchange, dump: ready })
  const dump = { ...ready, programs: ready.programs.filter((program) => !stays.includes(program)) }
  await finishImport(step, context, { server, dump, before: now, exchange })
}

/** Puts the saved tables back, wherever it ended, and the programs as they were noted. */
async function putBack(step: Step, context: StepContext, before: Before): Promise<void> {
  const server = await serverOf(context, step.database)
  const { comes, goes } = before.exchange
  const saved = context.noted()['saved'] === true
  if (saved) await requireSaved(step, context)
  const now: Contents = await readContents(server, step.database)
  await dropViews(
    server,
    step,
    now.programs.filter(({ name }) => goes.includes(name)),
  )
  const then = new Set(before.tables)
  const drops = now.tables
    .map(({ name }) => name)
    .filter((name) => goes.includes(name) || (comes.includes(name) && !then.has(name)))
  await dropTables(server, step.database, drops)
  if (saved) await reading(step, context, server, (login) => readSaved(step, context, login))
  const have = new Set((await readContents(server, step.database)).tables.map(({ name }) => name))
  const missing = goes.filter((name) => !have.has(name))
  if (missing.length > 0) {
    throw new AppError(
      'remote-failed',
      `${missing.length} tables of ${step.database} were not put back: ${missing.slice(0, 5).join(', ')}. They are still saved in the home.`,
    )
  }
  await putDefinitionsBack(server, step, before)
}

async function rollback(step: Step, context: StepContext): Promise<void> {
  const noted = context.noted()
  if (noted['begun'] !== true) return
  const before = notedBefore(context)
  if (noted['changing'] === true && before !== null) await putBack(step, context, before)
  await context.noteFacts({ changing: false, saved: false, before: null, made: false })
  await clearUp(step, context)
  await context.noteFacts({ begun: false })
}

async function clearUp(step: Step, context: StepContext): Promise<void> {
  await forgetSaved(step, context)
  if (isPlain(context)) return
  const server = await serverOf(context, step.database)
  await must(server, [shortWait, droppingLogin(namesOf(step.scratch).login)], {
    what: 'remove the login of the import',
  })
}

/**
 * Replaces tables one by one, each removed just before it is made and filled again, after all that go were saved in the
 * home: by the account's own login where the login may not become root.
 */
export const inPlace: StepKind<Step> = {
  ...{ prepare, apply, rollback },
  check: async (step, context) =>
    checkImport(step, context, { server: await serverOf(context, step.database), how: 'when it had come' }),
  commit: clearUp,
  async remove(step, context) {
    if (step.table === null) return
    await dropTables(await serverOf(context, step.database), step.database, [step.table.as])
  },
}
