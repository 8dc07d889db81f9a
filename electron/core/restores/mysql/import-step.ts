import { z } from 'zod'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { archiveServer } from './archive-users.ts'
import { readContents, readPrograms, removeDatabase } from './contents.ts'
import { dropPrograms, exchangeOf, exchangeTables } from './exchange.ts'
import { creating, makePrograms, setDefaults, setDeferred } from './make-programs.ts'
import { namesOf } from './names.ts'
import { must, rootServer, shortWait } from './over-there.ts'
import { countRows, droppingLogin, prepareImport, readyDump } from './prepare-import.ts'
import { packed, programKey, unpacked } from './stored-programs.ts'
import { dropTable, takeBackImport } from './take-back.ts'

type Step = StepOf<'import-database'>

const NotMadeNames = z.array(z.string())

async function apply(step: Step, context: StepContext): Promise<void> {
  const { noteFacts, remark, request } = context
  const dump = readyDump(context)
  const server = await rootServer(context)
  const before = await readContents(server, step.database)
  const programs = await readPrograms(server, step.database, before)
  const exchange = exchangeOf(step, dump, before, request.keepExtra)
  const fresh = step.table !== null && !before.tables.some(({ name }) => name === step.table?.as)
  await noteFacts({
    before: packed({
      ...{ programs, tables: before.tables.map(({ name }) => name), exchange },
      ...{ charset: before.charset, collation: before.collation },
    }),
    made: fresh,
  })
  const { old } = namesOf(step.scratch)
  await must(server, [creating(old, before)], { what: 'make a database for the old tables' })
  await exchangeTables(server, step, { exchange, before: programs, context })
  const unset = await setDeferred(server, step.database, dump.deferred)
  if (step.table === null) {
    const { databases } = await archiveServer(context.archive.reader, context)
    const wanted = databases.get(step.fromDatabase)
    unset.push(...(await setDefaults(server, step.database, { now: before, wanted })))
  }
  await dropPrograms(server, step, exchange)
  const unmade = await makePrograms(server, step.database, dump.programs)
  for (const { what, why } of [...unset, ...unmade]) {
    remark({
      text: `${step.database}: ${what} could not be made: ${why}`,
      remedy: 'Make it by hand from the dump, when what it needs is there.',
    })
  }
  await noteFacts({ unmade: unmade.map(({ what }) => what) })
}

/** Counts what is there, against what was read from the dump and counted before the exchange. */
async function check(step: Step, context: StepContext): Promise<ComponentReport> {
  const dump = readyDump(context)
  const server = await rootServer(context)
  const { exchange } = beforeOf(context)
  const now = await readContents(server, step.database)
  const unmade = new Set(NotMadeNames.safeParse(context.noted()['unmade']).data ?? [])
  const wanted = dump.programs.filter(({ kind, name }) => !unmade.has(`the ${kind} ${name}`))
  const have = new Set([...now.tables.map(({ name }) => name), ...now.programs.map(programKey)])
  const missing = [
    ...exchange.comes.filter((name) => !have.has(name)),
    ...wanted.map(programKey).filter((key) => !have.has(key)),
  ]
  const rows = await countRows(server, step.database, exchange.comes)
  const moved = dump.tables.filter(
    ({ name, rows: then }) => exchange.comes.includes(name) && rows.get(name) !== then,
  )
  if (moved.length > 0) {
    const names = moved.slice(0, 5).map(({ name }) => name)
    context.remark({
      text: `${step.database}: rows were written since the restore, by whoever uses it: ${names.join(', ')}`,
      remedy: null,
    })
  }
  const of = exchange.comes.length + wanted.length
  return {
    ...{ component: step.component, unit: 'tables and programs', of, good: of - missing.length },
    how: 'the rows of every table counted before it was taken into use, tables and programs read back after it',
    bad: missing.slice(0, 1000).map((name) => `${name} is not there`),
  }
}

const Before = z.object({
  programs: z.array(z.unknown()),
  tables: z.array(z.string()),
  exchange: z.object({ comes: z.array(z.string()), goes: z.array(z.string()) }),
})

function beforeOf({ noted }: StepContext): z.infer<typeof Before> {
  return Before.parse(unpacked(noted()['before']))
}

/** Puts the tables and programs of a dump in the place of a database's, by way of a second database. */
export const importMysql: StepKind<Step> = {
  prepare: prepareImport,
  apply,
  check,
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
    await dropTable(await rootServer(context), step.database, step.table.as)
  },
}
