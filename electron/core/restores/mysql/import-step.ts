import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { noteBefore } from './before.ts'
import { checkImport } from './check-import.ts'
import { readContents, readPrograms, removeDatabase } from './contents.ts'
import { exchangeOf, exchangeTables } from './exchange.ts'
import { finishImport } from './finish-import.ts'
import { droppingLogin } from './import-login.ts'
import { inPlace } from './in-place.ts'
import { creating } from './make-programs.ts'
import { namesOf } from './names.ts'
import { must, rootServer, shortWait } from './over-there.ts'
import { prepareImport } from './prepare-import.ts'
import { readyDump } from './ready-dump.ts'
import { dropTables, takeBackImport } from './take-back.ts'

type Step = StepOf<'import-database'>

async function apply(step: Step, context: StepContext): Promise<void> {
  const dump = readyDump(context)
  const server = await rootServer(context)
  const before = await readContents(server, step.database)
  const programs = await readPrograms(server, step.database, before)
  const exchange = exchangeOf(step, dump, before, context.request.keepExtra)
  const made = step.table !== null && !before.tables.some(({ name }) => name === step.table?.as)
  await noteBefore(context, { now: before, programs, exchange, made })
  const { old } = namesOf(step.scratch)
  await must(server, [creating(old, before)], { what: 'make a database for the old tables' })
  await exchangeTables(server, step, { exchange, before: programs, context })
  await finishImport(step, context, { server, dump, before, exchange })
}

/** By way of a second database. */
const exchanged: StepKind<Step> = {
  prepare: prepareImport,
  apply,
  check: async (step, context) =>
    checkImport(step, context, { server: await rootServer(context), how: 'before it was taken into use' }),
  rollback: takeBackImport,
  async commit(step, context) {
    const server = await rootServer(context)
    const { scratch, old, login } = namesOf(step.scratch)
    await must(server, [shortWait, droppingLogin(login)], { what: 'remove the login of the import' })
    await removeDatabase(server, scratch)
    await removeDatabase(server, old)
  },
  async remove(step, context) {
    if (step.table === null) return
    await dropTables(await rootServer(context), step.database, [step.table.as])
  },
}

function wayOf({ method }: Step): StepKind<Step> {
  return method === 'swap' ? exchanged : inPlace
}

/**
 * Puts the tables and programs of a dump in the place of a database's: exchanged with those of a second database, or,
 * where that cannot be, table by table.
 */
export const importMysql: StepKind<Step> = {
  prepare: async (step, context) => wayOf(step).prepare?.(step, context),
  apply: (step, context) => wayOf(step).apply(step, context),
  check: (step, context) => wayOf(step).check(step, context),
  rollback: (step, context) => wayOf(step).rollback(step, context),
  commit: (step, context) => wayOf(step).commit(step, context),
  remove: async (step, context) => wayOf(step).remove?.(step, context),
}
