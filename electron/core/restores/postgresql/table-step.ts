import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import { textLines } from '../../collectors/mysql/server.ts'
import { namesOf } from '../mysql/names.ts'
import type { StepContext } from '../restore-context.ts'
import { countRows } from './counted.ts'
import { handOver } from './hand-over.ts'
import { closeLogin, makeLogin } from './import-login.ts'
import { ask, must, type Reach } from './over-there.ts'
import { readyDump } from './prepare-import.ts'
import { removeDatabase, removeRole } from './scratch-database.ts'
import { identifier, literal, relation } from './sql.ts'
import { FoundTable, findTable, freeNames, keptStatements } from './table-facts.ts'
import { targetServer } from './target-server.ts'

type Step = StepOf<'import-database'>
type TableName = { readonly schema: string; readonly name: string }

const Before = z.object({
  /** The table that was replaced, and the one that came, by their numbers; null where there was none. */
  oldOid: z.number().nullable(),
  newOid: z.number(),
  rows: z.number(),
})

/** The table in the dump, and the place that it gets. */
function placesOf(
  step: Step,
  context: StepContext,
): { readonly table: TableName; readonly place: TableName } {
  const { table } = readyDump(context)
  if (table === null || step.table === null) {
    throw new AppError(
      'not-found',
      `The dump of ${step.fromDatabase} has no table ${step.table?.name ?? ''}. Nothing was changed.`,
    )
  }
  return { table, place: { schema: table.schema, name: step.table.as } }
}

/** Moves the table of the second database into a schema of its own there, under its new name. */
async function setAside(step: Step, context: StepContext): Promise<void> {
  const { scratch, login } = namesOf(step.scratch)
  const { table, place } = placesOf(step, context)
  const found = await findTable(context, scratch, table)
  if (found === null || found.kind !== 'r' || found.inherits) {
    throw new AppError(
      'unsupported',
      `${table.schema}.${table.name} is no plain table that can be restored alone. Nothing was changed; restore the whole database.`,
    )
  }
  const names = table.name === place.name ? [] : freeNames(found, { from: table.name, to: place.name })
  const ours = { schema: scratch, name: table.name }
  await must(context, scratch, {
    what: 'put the table aside',
    statements: [
      `CREATE SCHEMA ${identifier(scratch)} AUTHORIZATION ${identifier(login)}`,
      `ALTER TABLE ${relation(table)} SET SCHEMA ${identifier(scratch)}`,
      ...(table.name === place.name
        ? []
        : [`ALTER TABLE ${relation(ours)} RENAME TO ${identifier(place.name)}`]),
      ...names.map(
        ({ kind, from, to }) =>
          `ALTER ${kind} ${relation({ schema: scratch, name: from })} RENAME TO ${identifier(to)}`,
      ),
    ],
  })
}

/** Copies it into the database in use, by a login that may do nothing there but make things in one schema of ours. */
async function copyOver(step: Step, context: StepContext): Promise<void> {
  const { scratch, login } = namesOf(step.scratch)
  const { place } = placesOf(step, context)
  const { port } = await targetServer(context)
  const as = identifier(login)
  const schemas = await ask(context, step.database, {
    what: `say which schemas ${step.database} has`,
    sql: `SELECT coalesce(json_agg(nspname), '[]') FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', ${literal(scratch)})`,
    schema: z.array(z.string()),
  })
  const getsIn = await ask(context, step.database, {
    what: `say who gets into ${step.database}`,
    sql: `SELECT to_json(has_database_privilege(${literal(login)}, current_database(), 'CONNECT'))`,
    schema: z.boolean(),
  })
  await must(context, step.database, {
    what: 'make a schema for the table',
    statements: [
      `DROP SCHEMA IF EXISTS ${identifier(scratch)} CASCADE`,
      `CREATE SCHEMA ${identifier(scratch)} AUTHORIZATION ${as}`,
      ...schemas.map((schema) => `GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${as}`),
      ...(getsIn ? [] : [`GRANT CONNECT ON DATABASE ${identifier(step.database)} TO ${as}`]),
    ],
  })
  const serviceFor = await makeLogin(context, { name: login, port, now: context.clock.now() })
  const { codes, stderr } = await context.target.shell
    .run('postgresql-copy-table', {
      values: { source_login: serviceFor(scratch), target_login: serviceFor(step.database) },
      args: [`--table=${relation({ schema: scratch, name: place.name })}`],
      signal: context.signal,
    })
    .finally(() => closeLogin(context, login))
  if (codes.get('dump') === 0 && codes.get('restore') === 0) return
  const said = textLines(stderr).find((line) => line.includes('ERROR')) ?? textLines(stderr)[0] ?? 'no reason'
  throw new AppError(
    'remote-failed',
    `${step.database} did not take the table ${place.name}: ${escapeForDisplay(said.slice(0, 500))}. What was there is untouched.`,
  )
}

export async function applyTable(step: Step, context: StepContext): Promise<void> {
  const { scratch, old } = namesOf(step.scratch)
  const { place } = placesOf(step, context)
  const database = step.database
  await setAside(step, context)
  await copyOver(step, context)
  const ours = { schema: scratch, name: place.name }
  const came = await findTable(context, database, ours)
  if (came === null || came.kind !== 'r' || came.others > 0) {
    throw new AppError(
      'corrupt',
      `The dump of ${step.fromDatabase} made something else than the table ${place.name}. Nothing was changed; use another backup.`,
    )
  }
  const rows = await rowsOf(context, scratch, ours)
  if (rows !== (await rowsOf(context, database, ours))) {
    throw new AppError(
      'write-failed',
      `Not every row of ${place.name} arrived. Nothing was changed; try again.`,
    )
  }
  await handOver(context, database, { step, publicToOwner: true })
  const before = await findTable(context, database, place)
  await context.noteFacts({
    before: { oldOid: before?.oid ?? null, newOid: came.oid, rows },
    made: before === null,
  })
  const kept = before === null ? [] : await keptStatements(context, database, { table: before, place })
  await must(context, database, {
    what: `put the table ${place.name} in its place`,
    statements: [
      'BEGIN',
      "SET LOCAL lock_timeout = '10s'",
      ...(before === null ? [] : moving(place, old)),
      `ALTER TABLE ${relation(ours)} SET SCHEMA ${identifier(place.schema)}`,
      `DROP SCHEMA ${identifier(scratch)}`,
      ...kept,
      'COMMIT',
    ],
  })
  await removeDatabase(context, scratch)
}

function moving(table: TableName, schema: string): string[] {
  return [
    `CREATE SCHEMA ${identifier(schema)}`,
    `ALTER TABLE ${relation(table)} SET SCHEMA ${identifier(schema)}`,
  ]
}

async function rowsOf(reach: Reach, database: string, table: TableName): Promise<number> {
  const key = `${table.schema}.${table.name}`
  return (await countRows(reach, database, new Set([key]))).get(key) ?? -1
}

export async function checkTable(step: Step, context: StepContext): Promise<ComponentReport> {
  const { place } = placesOf(step, context)
  const before = Before.parse(context.noted()['before'])
  const now = await findTable(context, step.database, place)
  const good = now?.oid === before.newOid
  return {
    ...{ component: step.component, unit: 'tables', of: 1, good: good ? 1 : 0 },
    how: 'its rows counted against the dump before it was put in its place, and the table read back after it',
    bad: good ? [] : [`${place.schema}.${place.name} is not there`],
  }
}

/** Puts the old table back by its number, wherever a crash left it, and removes what came. */
export async function takeBackTable(step: Step, context: StepContext): Promise<void> {
  const noted = context.noted()
  if (noted['begun'] !== true) return
  const { scratch, old, login } = namesOf(step.scratch)
  const { databases } = await targetServer(context)
  if (databases.some(({ name }) => name === step.database)) {
    const before = Before.safeParse(noted['before']).data
    if (before !== undefined) await putBack(step, context, before)
    await must(context, step.database, {
      what: 'remove the schema of the import',
      statements: [
        `DROP SCHEMA IF EXISTS ${identifier(scratch)} CASCADE`,
        `DROP SCHEMA IF EXISTS ${identifier(old)}`,
        `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(login)}) THEN DROP OWNED BY ${identifier(login)}; END IF; END $$`,
      ],
    })
  }
  await removeDatabase(context, scratch)
  await removeRole(context, login)
  await context.noteFacts({ before: null, begun: false, made: false })
}

async function putBack(step: Step, context: StepContext, before: z.infer<typeof Before>): Promise<void> {
  const { scratch, old } = namesOf(step.scratch)
  const { place } = placesOf(step, context)
  const now = await findTable(context, step.database, place)
  const aside: FoundTable | null = await findTable(context, step.database, { schema: old, name: place.name })
  if (now === null || now.oid !== before.newOid) return
  const returns = aside !== null && aside.oid === before.oldOid
  await must(context, step.database, {
    what: `put the table ${place.name} back`,
    statements: [
      'BEGIN',
      "SET LOCAL lock_timeout = '10s'",
      ...moving(place, scratch),
      ...(returns
        ? [
            `ALTER TABLE ${relation({ schema: old, name: place.name })} SET SCHEMA ${identifier(place.schema)}`,
          ]
        : []),
      'COMMIT',
    ],
  })
}

export async function commitTable(step: Step, context: StepContext): Promise<void> {
  const { scratch, old, login } = namesOf(step.scratch)
  const { place } = placesOf(step, context)
  const aside = await findTable(context, step.database, { schema: old, name: place.name })
  const before = Before.safeParse(context.noted()['before']).data
  if (aside !== null && aside.oid === before?.oldOid) {
    await must(context, step.database, {
      what: `let go of the old table ${place.name}`,
      statements: [
        `DROP TABLE ${relation({ schema: old, name: place.name })}`,
        `DROP SCHEMA ${identifier(old)}`,
      ],
    })
  }
  await removeDatabase(context, scratch)
  await removeRole(context, login)
}

export async function removeTable(step: Step, context: StepContext): Promise<void> {
  const { place } = placesOf(step, context)
  const before = Before.safeParse(context.noted()['before']).data
  const now = await findTable(context, step.database, place)
  if (now === null || now.oid !== before?.newOid) return
  await must(context, step.database, {
    what: `remove the table ${place.name}`,
    statements: [`DROP TABLE ${relation(place)}`],
  })
}
