import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { identifier } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { StepContext } from '../restore-context.ts'
import { notedBefore, type Before } from './before.ts'
import { readContents, readPrograms, removeDatabase } from './contents.ts'
import { makePrograms, setDefaults } from './make-programs.ts'
import { namesOf } from './names.ts'
import { must, rootServer, shortWait } from './over-there.ts'
import { droppingLogin } from './import-login.ts'
import { dropping, immediate, making, programKey } from './stored-programs.ts'

type Step = StepOf<'import-database'>

/** Removes tables, each by itself; one that is gone already is no error. */
export async function dropTables(
  server: MysqlServer,
  database: string,
  tables: readonly string[],
): Promise<void> {
  if (tables.length === 0) return
  const drops = tables.map((table) =>
    immediate(Buffer.from(`DROP TABLE IF EXISTS ${identifier(database)}.${identifier(table)}`)),
  )
  await must(server, [shortWait, ...drops], { what: `remove the tables ${tables.slice(0, 5).join(', ')}` })
}

/**
 * Puts the tables back that lie aside, and the programs as the step noted them, from wherever a crash ended it: a table
 * that lies aside was replaced; one that came and is not in the second database any more is in use.
 */
async function putBack(server: MysqlServer, step: Step, before: Before): Promise<void> {
  const { scratch, old } = namesOf(step.scratch)
  const [now, coming, aside] = [
    await readContents(server, step.database),
    await readContents(server, scratch),
    await readContents(server, old),
  ]
  const has = ({ tables }: typeof now) => new Set(tables.map(({ name }) => name))
  const [here, there, waits] = [has(now), has(coming), has(aside)]
  const was = new Set(before.tables)
  const leaves = before.exchange.comes.filter(
    (name) => here.has(name) && !there.has(name) && (waits.has(name) || !was.has(name)),
  )
  const returns = before.exchange.goes.filter((name) => waits.has(name))
  const pairs = [
    ...leaves.map((name) => [step.database, scratch, name] as const),
    ...returns.map((name) => [old, step.database, name] as const),
  ].map(
    ([from, to, name]) => `${identifier(from)}.${identifier(name)} TO ${identifier(to)}.${identifier(name)}`,
  )
  const leaving = new Set(leaves)
  const inTheWay = now.programs.filter(({ kind, name, table }) =>
    kind === 'trigger' ? table !== null && leaving.has(table) : kind === 'view' && returns.includes(name),
  )
  const rename = immediate(Buffer.from(`RENAME TABLE ${pairs.join(', ')}`))
  if (pairs.length > 0) {
    await must(server, [shortWait, ...inTheWay.map(dropping), rename], {
      ...{ what: `put the tables of ${step.database} back`, database: step.database },
    })
  }
  await putDefinitionsBack(server, step, before)
}

/** Gives a database its character set back, and the programs that it had. */
export async function putDefinitionsBack(server: MysqlServer, step: Step, before: Before): Promise<void> {
  const now = await readContents(server, step.database)
  const [refused] = await setDefaults(server, step.database, { now, wanted: before })
  if (refused !== undefined) {
    throw new AppError(
      'remote-failed',
      `${step.database} did not get its character set back: ${refused.why}.`,
    )
  }
  await putProgramsBack(server, step, before)
}

async function putProgramsBack(server: MysqlServer, step: Step, before: Before): Promise<void> {
  const now = await readContents(server, step.database)
  const live = new Map(
    (await readPrograms(server, step.database, now)).map((one) => [programKey(one), making(one)]),
  )
  const then = new Set([...before.programs.map(programKey), ...before.untouched])
  const extra = now.programs.filter((program) => !then.has(programKey(program)))
  await must(server, [shortWait, ...extra.map(dropping)], {
    ...{ what: `remove what was not in ${step.database} before`, database: step.database },
  })
  const changed = before.programs.filter(
    (program) =>
      !before.untouched.includes(programKey(program)) && live.get(programKey(program)) !== making(program),
  )
  const [failed] = await makePrograms(server, step.database, changed)
  if (failed !== undefined) {
    await must(server, changed.filter((one) => `the ${one.kind} ${one.name}` === failed.what).map(making), {
      ...{ what: `make ${failed.what} again`, database: step.database },
    })
  }
}

/** Takes an import back, however far it came. */
export async function takeBackImport(step: Step, context: StepContext): Promise<void> {
  const noted = context.noted()
  if (noted['begun'] !== true) return
  const server = await rootServer(context)
  const { scratch, old, login } = namesOf(step.scratch)
  const before = notedBefore(context)
  if (before !== null) await putBack(server, step, before)
  await must(server, [shortWait, droppingLogin(login)], { what: 'remove the login of the import' })
  await removeDatabase(server, scratch)
  const { tables } = await readContents(server, old)
  if (tables.length === 0) await removeDatabase(server, old)
  await context.noteFacts({ before: null, begun: false, made: false })
}
