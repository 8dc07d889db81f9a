import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { FilteredDump } from '../sql/filtered-dump.ts'
import type { StepContext } from '../restore-context.ts'
import { packed, storedProgram, unpacked } from './stored-programs.ts'

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

/** What a dump that was read brings, and what is to be made after its tables are where they belong. */
export const ReadyDump = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number() })),
  sequences: z.array(z.string()),
  programs: z.array(ProgramShape),
  deferred: z.array(z.object({ kind: z.string(), table: z.string(), sql: z.string() })),
  /** Tables that foreign keys of the dump go out from or point to. */
  linked: z.array(z.string()).default([]),
  /** Tables and programs that did not pass, by the names that they would have: what the target has of them stays. */
  refused: z.array(z.string()),
})
export type ReadyDump = z.infer<typeof ReadyDump>

/** What preparing left for later. Throws `internal` where it did not come to its end. */
export function readyDump({ noted }: StepContext): ReadyDump {
  const { data } = ReadyDump.safeParse(unpacked(noted()['dump']))
  if (data) return data
  throw new AppError('internal', 'A dump was to be taken into use that is not ready. Take the restore back.')
}

/** Notes what was read of a dump, and puts what did not pass into the report. */
export async function noteReady(step: Step, dump: FilteredDump, context: StepContext): Promise<void> {
  remarkOn(step, dump, context)
  const ready: ReadyDump = {
    tables: dump.tables.map(({ as: name, rows }) => ({ name, rows })),
    sequences: [...dump.sequences],
    programs: dump.programs.map(storedProgram),
    ...{ deferred: [...dump.deferred], linked: [...dump.linked] },
    refused: dump.findings.flatMap(({ action, object }) =>
      action === 'refused' && object !== null ? [object] : [],
    ),
  }
  await context.noteFacts({ dump: packed(ready) })
}

/** Throws `not-found` where one table was wanted and the dump has none of that name that passes. */
export function requireTable(step: Step, { tables }: FilteredDump): void {
  if (step.table === null || tables.length > 0) return
  throw new AppError(
    'not-found',
    `The dump of ${step.fromDatabase} has no table ${step.table.name} that can be read. Nothing was changed.`,
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
