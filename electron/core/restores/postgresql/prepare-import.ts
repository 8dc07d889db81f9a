import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { namesOf } from '../mysql/names.ts'
import { packed, unpacked } from '../mysql/stored-programs.ts'
import type { StepContext } from '../restore-context.ts'
import { archivedServer } from './archive-roles.ts'
import { Expected, expectedOf, missingFrom, requireRows } from './counted.ts'
import { dumpContents, tablesNamed, type DumpContents } from './dump-contents.ts'
import { neededExtensions } from './extensions.ts'
import { closeLogin, makeLogin } from './import-login.ts'
import { entryName, forTable, isVital, passing } from './passing.ts'
import { dumpEntry, readDump, type ReadDump } from './read-dump.ts'
import { makeScratch, removeDatabase, removeRole } from './scratch-database.ts'
import { contentsOf, targetServer } from './target-server.ts'

type Step = StepOf<'import-database'>

/** What is ready in the second database. */
export const ReadyDump = z.object({
  expected: Expected,
  /** Of a single table: where it lies in the dump. */
  table: z.object({ schema: z.string(), name: z.string() }).nullable(),
  /** Whether the dump says itself whom the schema `public` belongs to. */
  ownsPublic: z.boolean(),
  counted: z.boolean(),
})
export type ReadyDump = z.infer<typeof ReadyDump>

/** What `prepareImport` left for later steps. Throws `internal` where it did not come to its end. */
export function readyDump({ noted }: StepContext): ReadyDump {
  const { data } = ReadyDump.safeParse(unpacked(noted()['dump']))
  if (data) return data
  throw new AppError('internal', 'A dump was to be taken into use that is not ready. Take the restore back.')
}

async function contentsFor(step: Step, context: StepContext): Promise<DumpContents> {
  const contents = await dumpContents(context.archive.reader, dumpEntry(step, context), context)
  if (contents !== null) return contents
  throw new AppError(
    'corrupt',
    `The dump of ${step.fromDatabase} is none of pg_dump's custom format. Nothing was changed; use another backup.`,
  )
}

/** Whether rights of other roles are read from a dump: only where roles are called what they were. */
export function bringsGrants({
  sameAccount,
  archive,
}: Pick<StepContext, 'sameAccount' | 'archive'>): boolean {
  return sameAccount && archive.trusted
}

/** Reads the dump beside everything that is in use, by a login that can reach nothing else, and counts it. */
export async function prepareImport(step: Step, context: StepContext): Promise<void> {
  const { scratch, login } = namesOf(step.scratch)
  const contents = await contentsFor(step, context)
  const server = await targetServer(context)
  await context.noteFacts({ begun: true })
  await removeDatabase(context, scratch)
  await removeRole(context, login)
  const live = server.databases.find(({ name }) => name === step.database) ?? null
  const then = (await archivedServer(context.archive.reader, context)).databases.get(step.fromDatabase)
  const now = live === null ? null : await contentsOf(context, step.database)
  const { provided } = neededExtensions(contents, server, now)
  const [table = null] = step.table === null ? [] : tablesNamed(contents, step.table.name)
  const serviceFor = await makeLogin(context, { name: login, port: server.port, now: context.clock.now() })
  await makeScratch(context, { name: scratch, login, locale: live ?? then ?? null, extensions: provided })
  const grants = bringsGrants(context)
  const choice = passing(contents.entries, {
    grants: grants && table === null,
    provided: {
      extensions: new Set(provided.map(({ name }) => name)),
      schemas: new Set(provided.map(({ schema }) => schema)),
    },
  })
  const entries = table === null ? choice.entries : forTable(choice, table)
  let dump: ReadDump
  try {
    const options = grants ? [] : ['--no-privileges']
    dump = await readDump(step, context, { entries, service: serviceFor(scratch), options })
  } finally {
    await closeLogin(context, login)
  }
  const failed = entries.filter(({ id }) => dump.failed.has(id))
  const vital = failed.find((entry) => isVital(entry) && table === null)
  if (vital !== undefined) {
    throw new AppError(
      'remote-failed',
      `The PostgreSQL server did not take the ${entryName(vital)} of ${step.fromDatabase}: ${dump.failed.get(vital.id) ?? ''}. ${step.database} was not touched.`,
    )
  }
  const wanted = new Set(
    entries.flatMap(({ kind, schema, tag }) => (kind === 'TABLE DATA' ? [`${schema}.${tag}`] : [])),
  )
  const made = new Set(
    entries.flatMap(({ kind, schema, tag }) => (kind === 'TABLE' ? [`${schema}.${tag}`] : [])),
  )
  const rows = new Map([...dump.rows].filter(([name]) => wanted.has(name) && made.has(name)))
  await requireRows(context, { scratch, rows, step })
  const expected = expectedOf(table === null ? entries.filter(({ id }) => !dump.failed.has(id)) : [])
  const missing = missingFrom(await contentsOf(context, scratch), expected)
  if (missing.length > 0) {
    throw new AppError(
      'write-failed',
      `Not everything of ${step.fromDatabase} arrived (${missing.slice(0, 5).join(', ')}). ${step.database} was not touched; try again.`,
    )
  }
  if (table === null)
    remarkOn(step, context, { failed, dump, refused: choice.refused, grants: choice.grants })
  const ready: ReadyDump = {
    ...{ expected, table, counted: [...rows.values()].every((count) => count !== null) },
    ownsPublic: contents.entries.some(
      ({ kind, tag, owner }) =>
        kind === 'SCHEMA' && tag === 'public' && owner !== 'pg_database_owner' && owner !== 'postgres',
    ),
  }
  await context.noteFacts({ dump: packed(ready) })
}

function remarkOn(
  step: Step,
  { remark }: StepContext,
  {
    failed,
    dump,
    refused,
    grants,
  }: {
    readonly failed: DumpContents['entries']
    readonly dump: ReadDump
    readonly refused: DumpContents['entries']
    readonly grants: DumpContents['entries']
  },
): void {
  const remedy = `Look at it with: holdfast extract and pg_restore --list, and make it by hand if it is wanted`
  const left = [
    ...failed.map((entry) => `the ${entryName(entry)} could not be made: ${dump.failed.get(entry.id) ?? ''}`),
    ...refused.map((entry) => `the ${entryName(entry)} was left out: only an administrator could make it`),
  ]
  for (const text of left.slice(0, 100)) remark({ text: `${step.database}: ${text}`, remedy })
  if (left.length > 100) {
    remark({ text: `${step.database}: ${left.length - 100} more things were left out.`, remedy })
  }
  if (grants.length > 0) {
    remark({
      text: `${step.database}: ${grants.length} rights of roles on single things are in the backup and were not brought.`,
      remedy: 'Give them by hand.',
    })
  }
}
