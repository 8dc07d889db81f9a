import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { accountName, identifier } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { Secret } from '../../secrets/secret.ts'
import type { FilteredDump } from '../sql/filtered-dump.ts'
import type { StepContext } from '../restore-context.ts'
import { readContents, removeDatabase } from './contents.ts'
import { serverFacts } from './flavour.ts'
import { namesOf } from './names.ts'
import { must, rootServer, shortWait } from './over-there.ts'
import { readDump } from './read-dump.ts'
import { immediate, packed, storedProgram, unpacked } from './stored-programs.ts'

type Step = StepOf<'import-database'>

const Kind = z.enum(['trigger', 'view', 'procedure', 'function', 'event'])
const text = z.string().nullable()
export const ProgramShape = z.object({
  ...{ kind: Kind, name: z.string(), table: text, sql: z.string(), charset: z.string().regex(/^\w+$/) },
  context: z.object({
    ...{
      sqlMode: text,
      characterSetClient: text,
      collationConnection: text,
      timeZone: text,
      databaseCollation: text,
    },
  }),
})

/** What is ready in the second database, and what is to be made after it is taken into use. */
export const ReadyDump = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number() })),
  sequences: z.array(z.string()),
  programs: z.array(ProgramShape),
  deferred: z.array(z.object({ kind: z.string(), table: z.string(), sql: z.string() })),
  /** Tables and programs that did not pass, by the names that they would have: what the target has of them stays. */
  refused: z.array(z.string()),
})
export type ReadyDump = z.infer<typeof ReadyDump>

/** What `prepareImport` left for later steps. Throws `internal` where it did not come to its end. */
export function readyDump({ noted }: StepContext): ReadyDump {
  const { data } = ReadyDump.safeParse(unpacked(noted()['dump']))
  if (data) return data
  throw new AppError('internal', 'A dump was to be taken into use that is not ready. Take the restore back.')
}

/** What the import login may do, in its one database. */
const privileges = 'CREATE, ALTER, DROP, INDEX, REFERENCES, INSERT, SELECT, LOCK TABLES'

/** A name of a database as GRANT has it, where `_` and `%` are wildcards. */
export function grantName(database: string): string {
  return identifier(database.replaceAll(/[\\_%]/g, '\\$&'))
}

/** Removes the login that reads dumps; one that is gone already is no error. */
export function droppingLogin(login: string): string {
  return `DROP USER IF EXISTS ${accountName(login, 'localhost')}`
}

/** Reads the dump beside everything that is in use, and counts it. */
export async function prepareImport(step: Step, context: StepContext): Promise<void> {
  const server = await rootServer(context)
  const facts = await serverFacts(server)
  const { scratch, login } = namesOf(step.scratch)
  await context.noteFacts({ begun: true })
  const before = await readContents(server, step.database)
  const collation = before.exists ? before.collation : 'utf8mb4_general_ci'
  const password = new Secret(`Aa1!${randomBytes(24).toString('base64url')}`)
  const as = accountName(login, 'localhost')
  await removeDatabase(server, scratch)
  await must(
    server,
    [
      `CREATE DATABASE ${identifier(scratch)} COLLATE ${collation}`,
      droppingLogin(login),
      immediate(Buffer.from(`CREATE USER ${as} IDENTIFIED BY '${password.reveal()}'`)),
      `GRANT ${privileges} ON ${grantName(scratch)}.* TO ${as}`,
    ],
    { what: 'make a second database and a login for it' },
  )
  let dump: FilteredDump
  try {
    dump = await readDump(step, context, { server: facts, password })
  } finally {
    await must(server, [droppingLogin(login)], { what: 'remove the login of the import' })
  }
  await requireCounted(server, step, dump)
  remarkOn(step, dump, context)
  const ready: ReadyDump = {
    tables: dump.tables.map(({ as: name, rows }) => ({ name, rows })),
    sequences: [...dump.sequences],
    programs: dump.programs.map(storedProgram),
    deferred: [...dump.deferred],
    refused: dump.findings.flatMap(({ action, object }) =>
      action === 'refused' && object !== null ? [object] : [],
    ),
  }
  await context.noteFacts({ dump: packed(ready) })
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

async function requireCounted(server: MysqlServer, step: Step, { tables }: FilteredDump): Promise<void> {
  const names = tables.map(({ as }) => as)
  const counts = await countRows(server, step.scratch, names)
  const wrong = tables.filter(({ as, rows }) => counts.get(as) !== rows)
  if (step.table !== null && tables.length === 0) {
    throw new AppError(
      'not-found',
      `The dump of ${step.fromDatabase} has no table ${step.table.name} that can be read. Nothing was changed.`,
    )
  }
  if (wrong.length === 0) return
  const said = wrong.slice(0, 5).map(({ as, rows }) => `${as}: ${counts.get(as) ?? 'none'} of ${rows} rows`)
  throw new AppError(
    'write-failed',
    `Not every row of ${step.fromDatabase} arrived (${said.join(', ')}). ${step.database} was not touched; try again.`,
  )
}

function remarkOn(step: Step, { findings, unlisted, programs }: FilteredDump, { remark }: StepContext): void {
  const remedy = `Look at it with: holdfast extract, and make it by hand as a database user of the account if it is wanted`
  const refused = findings.filter(({ action }) => action === 'refused')
  for (const { reason, object, count, text: begin } of refused.slice(0, 100)) {
    const what = object ?? `${count} statement${count === 1 ? '' : 's'}`
    remark({ text: `${step.database}: ${what} was left out (${reason}): ${begin}`, remedy })
  }
  const more = Math.max(refused.length - 100, 0) + unlisted
  if (more > 0) remark({ text: `${step.database}: ${more} more kinds of statements were left out.`, remedy })
  for (const { kind, name, oldDatabase } of programs) {
    if (oldDatabase === 0) continue
    remark({
      text: `${step.database}: the ${kind} ${name} still names the database ${step.fromDatabase} in its text.`,
      remedy: `Change ${step.fromDatabase} to ${step.database} in it.`,
    })
  }
}
