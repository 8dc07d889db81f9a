import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { DumpEntry } from '../../collectors/postgresql/archive-walk.ts'
import { must, type Reach } from './over-there.ts'
import { relation } from './sql.ts'
import { contentsOf, type Contents } from './target-server.ts'

/** What must be in a database after a dump was read. */
export const Expected = z.object({
  /** `table public.item`, as plans and reports say it. */
  relations: z.array(z.string()),
  functions: z.number(),
  triggers: z.number(),
  foreignKeys: z.number(),
})
export type Expected = z.infer<typeof Expected>

const relationKinds: Readonly<Record<string, string>> = {
  ...{ TABLE: 'table', VIEW: 'view', 'MATERIALIZED VIEW': 'view', SEQUENCE: 'sequence', INDEX: 'index' },
  ...{ r: 'table', p: 'table', v: 'view', m: 'view', S: 'sequence', i: 'index', I: 'index' },
}

/** Counts what entries make; those that failed are not among them. */
export function expectedOf(entries: readonly DumpEntry[]): Expected {
  const count = (...kinds: readonly string[]) => entries.filter(({ kind }) => kinds.includes(kind)).length
  return {
    relations: entries.flatMap(({ kind, schema, tag }) => {
      const known = relationKinds[kind]
      return known === undefined ? [] : [`${known} ${schema}.${tag}`]
    }),
    functions: count('FUNCTION', 'PROCEDURE', 'AGGREGATE'),
    triggers: count('TRIGGER'),
    foreignKeys: count('FK CONSTRAINT'),
  }
}

/** How many things that is. */
export function sizeOf({ relations, functions, triggers, foreignKeys }: Expected): number {
  return relations.length + functions + triggers + foreignKeys
}

/** What is missing in a database of what must be there, a line each. */
export function missingFrom(now: Contents, expected: Expected): string[] {
  const have = new Set(
    now.relations.map(({ kind, schema, name }) => `${relationKinds[kind] ?? ''} ${schema}.${name}`),
  )
  const fewer = (['functions', 'triggers', 'foreignKeys'] as const).flatMap((kind) =>
    Array.from({ length: Math.max(expected[kind] - now[kind], 0) }, (_, at) => `${kind} ${at + 1}`),
  )
  return [...expected.relations.filter((name) => !have.has(name)), ...fewer]
}

/**
 * Rows of tables, without those of tables that inherit from them, by `schema.table`; a name that is no table is absent.
 * Only true tables are asked, in which nothing of the tenant's is run.
 */
export async function countRows(
  reach: Reach,
  database: string,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const { relations } = await contentsOf(reach, database)
  const tables = relations.filter(({ kind, schema, name }) => kind === 'r' && names.has(`${schema}.${name}`))
  const output = await must(reach, database, {
    what: `count the rows of ${database}`,
    statements: tables.map((table) => `SELECT count(*) FROM ONLY ${relation(table)}`),
  })
  const counts = output.split('\n')
  return new Map(tables.map(({ schema, name }, at) => [`${schema}.${name}`, Number(counts[at])]))
}

/** Throws `write-failed` where a table of the second database has not the rows that the dump has. */
export async function requireRows(
  reach: Reach,
  {
    scratch,
    rows,
    step,
  }: {
    readonly scratch: string
    readonly rows: ReadonlyMap<string, number | null>
    readonly step: { readonly database: string; readonly fromDatabase: string }
  },
): Promise<void> {
  const counts = await countRows(reach, scratch, new Set(rows.keys()))
  const wrong = [...rows].filter(([name, wanted]) =>
    wanted === null ? !counts.has(name) : counts.get(name) !== wanted,
  )
  if (wrong.length === 0) return
  const said = wrong
    .slice(0, 5)
    .map(([name, wanted]) => `${name}: ${counts.get(name) ?? 'none'} of ${wanted ?? 'its'} rows`)
  throw new AppError(
    'write-failed',
    `Not every row of ${step.fromDatabase} arrived (${said.join(', ')}). ${step.database} was not touched; try again.`,
  )
}
