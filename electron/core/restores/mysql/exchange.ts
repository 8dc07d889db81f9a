import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { identifier } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { StepContext } from '../restore-context.ts'
import type { Contents } from './contents.ts'
import { namesOf } from './names.ts'
import { answer, must, shortWait } from './over-there.ts'
import type { ReadyDump } from './ready-dump.ts'
import { dropping, immediate, making, programKey, type StoredProgram } from './stored-programs.ts'

type Step = StepOf<'import-database'>

/** What goes where when a ready dump is taken into use. */
export interface Exchange {
  /** Tables and sequences that come. */
  readonly comes: readonly string[]
  /** Those of the target that go aside. */
  readonly goes: readonly string[]
  /** Programs that must be gone before: triggers of tables that go, views whose name a table gets. */
  readonly first: readonly Contents['programs'][number][]
  /** Programs of the target that are not in the dump and go. */
  readonly drops: readonly Contents['programs'][number][]
}

/** Works out an exchange: a whole database, but for what is kept or was refused, or a single table. */
export function exchangeOf(step: Step, dump: ReadyDump, before: Contents, keepExtra: boolean): Exchange {
  const has = new Set(before.tables.map(({ name }) => name))
  const stays = new Set(dump.refused.filter((name) => has.has(name)))
  const comes = [...dump.sequences, ...dump.tables.map(({ name }) => name)].filter((name) => !stays.has(name))
  const coming = new Set(comes)
  const whole = step.table === null && !keepExtra
  const viewsComing = new Set(dump.programs.filter(({ kind }) => kind === 'view').map(({ name }) => name))
  const goes = before.tables
    .map(({ name }) => name)
    .filter((name) => !stays.has(name) && (whole || coming.has(name) || viewsComing.has(name)))
  const going = new Set(goes)
  const wanted = new Set(dump.programs.map(programKey))
  const refused = new Set(dump.refused)
  const first = before.programs.filter(({ kind, name, table }) =>
    kind === 'trigger' ? table !== null && going.has(table) : kind === 'view' && coming.has(name),
  )
  const drops = before.programs.filter(
    (program) =>
      whole &&
      !first.includes(program) &&
      !wanted.has(programKey(program)) &&
      !refused.has(programKey(program)) &&
      !(program.table !== null && stays.has(program.table)),
  )
  return { comes, goes, first, drops }
}

/** Code of the servers for a lock that was not had in time. */
const lockWait = 1205
const tries = 6

/**
 * Exchanges all tables in one statement, which waits only shortly for transactions of others. While it waits again,
 * the programs that stood in the way are back. Throws `busy` where no try had the locks.
 */
export async function exchangeTables(
  server: MysqlServer,
  step: Step,
  {
    exchange: { comes, goes, first },
    before,
    context,
  }: {
    readonly exchange: Exchange
    readonly before: readonly StoredProgram[]
    readonly context: StepContext
  },
): Promise<void> {
  const { scratch, old } = namesOf(step.scratch)
  const [here, there, aside] = [step.database, scratch, old].map(identifier)
  const pairs = [
    ...goes.map((name) => `${here}.${identifier(name)} TO ${aside}.${identifier(name)}`),
    ...comes.map((name) => `${there}.${identifier(name)} TO ${here}.${identifier(name)}`),
  ]
  if (pairs.length === 0) return
  const rename = immediate(Buffer.from(`RENAME TABLE ${pairs.join(', ')}`))
  const back = before.filter((program) => first.some((one) => programKey(one) === programKey(program)))
  for (let at = 0; at < tries; at += 1) {
    const { errors } = await answer(server, [shortWait, ...first.map(dropping), rename], {
      database: step.database,
    })
    const [error] = errors
    if (error === undefined) return
    if (error.code !== lockWait) {
      throw new AppError(
        'remote-failed',
        `The database server did not exchange the tables of ${step.database}: ${error.text} (${error.code}).`,
        { details: { code: error.code } },
      )
    }
    context.log('warning', `A transaction holds tables of ${step.database}; trying again`)
    await answer(server, [shortWait, ...back.map(making)], { database: step.database, force: true })
    await context.clock.sleep(1000, { signal: context.signal })
  }
  throw new AppError(
    'busy',
    `Somebody's transaction held tables of ${step.database} all the time, so they were not exchanged. End it, or stop the site for a moment, and try again.`,
  )
}

/** Removes what is not in the dump. */
export async function dropPrograms(server: MysqlServer, step: Step, { drops }: Exchange): Promise<void> {
  await must(server, [shortWait, ...drops.map(dropping)], {
    ...{ what: 'remove the programs that are not in the backup', database: step.database },
  })
}
