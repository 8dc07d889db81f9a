import { z } from 'zod'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import { namesOf } from '../mysql/names.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { missingFrom, sizeOf } from './counted.ts'
import { handOver } from './hand-over.ts'
import { inPlace, prepareInPlace } from './in-place.ts'
import { letIn, renameDatabases } from './swap.ts'
import { prepareImport, readyDump } from './prepare-import.ts'
import { removeDatabase, removeRole } from './scratch-database.ts'
import { setProperties } from './database-properties.ts'
import { applyTable, checkTable, commitTable, removeTable, takeBackTable } from './table-step.ts'
import { contentsOf, targetServer } from './target-server.ts'

type Step = StepOf<'import-database'>

/** Databases as the server counts them: their numbers stay theirs whatever they are called. */
const Before = z.object({ oldOid: z.number().nullable(), newOid: z.number() })

async function apply(step: Step, context: StepContext): Promise<void> {
  const { ownsPublic } = readyDump(context)
  const { scratch, old, login } = namesOf(step.scratch)
  const server = await targetServer(context)
  const oidOf = (name: string) => server.databases.find((one) => one.name === name)?.oid ?? null
  const live = server.databases.find(({ name }) => name === step.database) ?? null
  await context.noteFacts({
    ...{ before: { oldOid: live?.oid ?? null, newOid: oidOf(scratch) }, made: live === null },
  })
  await handOver(context, scratch, { step, publicToOwner: ownsPublic })
  await setProperties(step, context, { server, live })
  await removeRole(context, login)
  const comes = { from: scratch, to: step.database }
  await renameDatabases(context, {
    renamings: live === null ? [comes] : [{ from: step.database, to: old }, comes],
    ending: live === null ? [scratch] : [step.database, scratch],
    opening: [step.database],
  })
}

async function check(step: Step, context: StepContext): Promise<ComponentReport> {
  const { expected, counted } = readyDump(context)
  const missing = missingFrom(await contentsOf(context, step.database), expected)
  const of = sizeOf(expected)
  const rows = counted ? 'the rows of every table counted against the dump' : 'what was read counted'
  return {
    ...{ component: step.component, unit: 'tables and programs', of, good: of - missing.length },
    how: `${rows} before it was taken into use; tables, sequences, views, indexes, functions, triggers and keys read back after it`,
    bad: missing.slice(0, 1000).map((name) => `${name} is not there`),
  }
}

async function rollback(step: Step, context: StepContext): Promise<void> {
  const noted = context.noted()
  if (noted['begun'] !== true) return
  const { scratch, old, login } = namesOf(step.scratch)
  const before = Before.safeParse(noted['before']).data
  if (before !== undefined) {
    const { databases } = await targetServer(context)
    const nameOf = (oid: number | null) => databases.find((one) => one.oid === oid)?.name ?? null
    const isNew = nameOf(before.newOid) === step.database
    if (before.oldOid !== null && nameOf(before.oldOid) === old) {
      const returns = { from: old, to: step.database }
      await renameDatabases(context, {
        renamings: isNew ? [{ from: step.database, to: scratch }, returns] : [returns],
        ending: isNew ? [step.database, old] : [old],
        opening: [step.database],
      })
    } else if (before.oldOid === null && isNew) {
      await removeDatabase(context, step.database)
    } else if (before.oldOid !== null && nameOf(before.oldOid) === step.database) {
      await letIn(context, [step.database], true)
    }
  }
  await removeDatabase(context, scratch)
  await removeRole(context, login)
  await context.noteFacts({ before: null, begun: false, made: false })
}

/** Lets go of the old database, if it is the very one that was replaced. */
async function commit(step: Step, context: StepContext): Promise<void> {
  const { scratch, old, login } = namesOf(step.scratch)
  const before = Before.safeParse(context.noted()['before']).data
  const { databases } = await targetServer(context)
  const aside = databases.find(({ name }) => name === old)
  if (aside !== undefined && aside.oid === before?.oldOid) await removeDatabase(context, old)
  await removeDatabase(context, scratch)
  await removeRole(context, login)
}

/** Removes a database that was not there before, as long as it is the one that was made. */
async function remove(step: Step, context: StepContext): Promise<void> {
  const before = Before.safeParse(context.noted()['before']).data
  const { databases } = await targetServer(context)
  const now = databases.find(({ name }) => name === step.database)
  if (now !== undefined && now.oid === before?.newOid) await removeDatabase(context, step.database)
}

/**
 * Puts a dump in the place of a database: it is read into a second one, counted, and the two exchange their names. A
 * single table goes the same way into a schema of ours, and from there to its place. Where no second one may be made,
 * it is read in place.
 */
export const importPostgresql: StepKind<Step> = {
  prepare: (step, context) => (isInPlace(step) ? prepareInPlace : prepareImport)(step, context),
  apply: (step, context) => wayOf(step).apply(step, context),
  check: (step, context) => wayOf(step).check(step, context),
  rollback: (step, context) => wayOf(step).rollback(step, context),
  commit: (step, context) => wayOf(step).commit(step, context),
  remove: async (step, context) => wayOf(step).remove?.(step, context),
}

const isInPlace = ({ method }: Step) => method === 'in-place'
const whole: StepKind<Step> = { apply, check, rollback, commit, remove }
const table: StepKind<Step> = {
  ...{ apply: applyTable, check: checkTable, rollback: takeBackTable, commit: commitTable },
  remove: removeTable,
}

function wayOf(step: Step): StepKind<Step> {
  if (isInPlace(step)) return inPlace
  return step.table === null ? whole : table
}
