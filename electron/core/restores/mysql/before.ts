import { z } from 'zod'
import type { StepContext } from '../restore-context.ts'
import type { Contents } from './contents.ts'
import { ProgramShape } from './ready-dump.ts'
import { packed, unpacked, type StoredProgram } from './stored-programs.ts'
import type { Exchange } from './exchange.ts'

/** What was in a database before a step changed it, as far as taking it back needs it. */
export const Before = z.object({
  programs: z.array(ProgramShape),
  charset: z.string(),
  collation: z.string(),
  tables: z.array(z.string()),
  exchange: z.object({ comes: z.array(z.string()), goes: z.array(z.string()) }),
  /** Keys of programs that are not touched or not made, for this login or server could not make them. */
  untouched: z.array(z.string()).default([]),
})
export type Before = z.infer<typeof Before>

/** Notes what is there, before any of it is changed. */
export async function noteBefore(
  { noteFacts }: StepContext,
  {
    now,
    programs,
    exchange: { comes, goes },
    untouched = [],
    made,
  }: {
    readonly now: Contents
    readonly programs: readonly StoredProgram[]
    readonly exchange: Exchange
    readonly untouched?: readonly string[]
    /** Whether the step makes what was not there at all. */
    readonly made: boolean
  },
): Promise<void> {
  const tables = now.tables.map(({ name }) => name)
  const { charset, collation } = now
  const before = { programs, tables, exchange: { comes, goes }, untouched, charset, collation }
  await noteFacts({ before: packed(before), made })
}

/** What `noteBefore` noted; null where it noted nothing yet. */
export function notedBefore({ noted }: StepContext): Before | null {
  return Before.safeParse(unpacked(noted()['before'])).data ?? null
}
