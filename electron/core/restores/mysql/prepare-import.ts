import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { identifier } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { FilteredDump } from '../sql/filtered-dump.ts'
import type { StepContext } from '../restore-context.ts'
import { readContents, removeDatabase } from './contents.ts'
import { serverFacts } from './flavour.ts'
import { withImportLogin } from './import-login.ts'
import { namesOf } from './names.ts'
import { must, rootServer, shortWait } from './over-there.ts'
import { readDump } from './read-dump.ts'
import { noteReady, requireTable } from './ready-dump.ts'
import { immediate } from './stored-programs.ts'

type Step = StepOf<'import-database'>

/** Reads the dump beside everything that is in use, and counts it. */
export async function prepareImport(step: Step, context: StepContext): Promise<void> {
  const server = await rootServer(context)
  const facts = await serverFacts(server)
  const { scratch, login } = namesOf(step.scratch)
  await context.noteFacts({ begun: true })
  const before = await readContents(server, step.database)
  const collation = before.exists ? before.collation : 'utf8mb4_general_ci'
  await removeDatabase(server, scratch)
  await must(server, [`CREATE DATABASE ${identifier(scratch)} COLLATE ${collation}`], {
    what: 'make a second database',
  })
  const dump = await withImportLogin(server, { login, database: scratch }, (options) =>
    readDump(step, context, { server: facts, login: options, into: scratch }),
  )
  await requireCounted(server, step, dump)
  await noteReady(step, dump, context)
}

/** Rows of tables as they are over there, by name; null where there is no such table. */
export async function countRows(
  server: MysqlServer,
  database: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { tables } = await readContents(server, database)
  const asked = tables.filter(({ name }) => names.includes(name))
  const counts = asked.map(({ name, type }) => {
    const all = type === 'versioned' ? ' FOR SYSTEM_TIME ALL' : ''
    return immediate(Buffer.from(`SELECT COUNT(*) FROM ${identifier(database)}.${identifier(name)}${all}`))
  })
  const rows = await must(server, [shortWait, ...counts], { what: `count the rows of ${database}` })
  return new Map(asked.map(({ name }, at) => [name, Number(rows[at]?.[0])]))
}

async function requireCounted(server: MysqlServer, step: Step, dump: FilteredDump): Promise<void> {
  requireTable(step, dump)
  const { tables } = dump
  const names = tables.map(({ as }) => as)
  const counts = await countRows(server, step.scratch, names)
  const wrong = tables.filter(({ as, rows }) => counts.get(as) !== rows)
  if (wrong.length === 0) return
  const said = wrong.slice(0, 5).map(({ as, rows }) => `${as}: ${counts.get(as) ?? 'none'} of ${rows} rows`)
  throw new AppError(
    'write-failed',
    `Not every row of ${step.fromDatabase} arrived (${said.join(', ')}). ${step.database} was not touched; try again.`,
  )
}
