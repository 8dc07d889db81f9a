import { backAgain } from '../crash-patience.ts'
import { outsideSnapshot, withoutDefiner } from './facts.ts'
import { withoutTriggers, writeDump } from './dump.ts'
import { identifier } from './sql.ts'
import type { Warning } from '../../../../shared/model/backup.ts'
import type { ComponentWriter, SpooledBody } from '../../archive/archive-writer.ts'
import type { CrashPatience } from '../crash-patience.ts'
import type { DumpFailure, DumpPlan, DumpResult, Forbidden } from './dump.ts'
import type { DatabaseFacts } from './facts.ts'
import type { MysqlServer } from './server.ts'

/** What one database came to. `result` null: nothing of it is in the archive. */
export interface DatabaseOutcome {
  readonly result: DumpResult | null
  readonly warnings: readonly Warning[]
  /** The server went away and did not come back in time. */
  readonly gone?: boolean
}

interface Work {
  readonly server: MysqlServer
  readonly database: string
  readonly facts: DatabaseFacts
  readonly flags: readonly string[]
  readonly component: ComponentWriter
  readonly meta: SpooledBody['meta']
  readonly patience: CrashPatience
  readonly signal: AbortSignal
}

/** The name of something in a database, as `ls` and `--accept` have it. */
export function itemPath(database: string, name?: string): string {
  return name === undefined ? `databases/mysql/${database}` : `databases/mysql/${database}/${name}`
}

function attempt(work: Work, plan: Partial<DumpPlan> = {}): Promise<DumpResult | DumpFailure> {
  const whole: DumpPlan = {
    database: work.database,
    flags: work.flags,
    ignore: [],
    programs: 'with-tables',
    ...plan,
  }
  return writeDump(work.server, whole, work.component, work)
}

/** Code of the dump tools for an error of the server in a statement, other than in a table's rows. */
const statementError = 2

const forbidden: readonly Forbidden[] = ['events', 'triggers']

/** The kinds of programs that the server refuses to list to this login. */
async function refusedKinds({ server, database }: Work): Promise<Forbidden[]> {
  const refused: Forbidden[] = []
  for (const kind of forbidden) {
    const { output } = await server.query(`SHOW ${kind.toUpperCase()} FROM ${identifier(database)}`)
    if (output === null) refused.push(kind)
  }
  return refused
}

function notPermitted(database: string, kinds: readonly Forbidden[]): Warning[] {
  return kinds.map((kind) => {
    const note = `This login may not read the ${kind} of this database; they are left out.`
    return { code: 'not-permitted', path: itemPath(database), note }
  })
}

/** Tables that cannot be dumped, and whether triggers are to be left out so that it is no more of them. */
async function brokenTablesOf(
  { server, database, facts, flags }: Work,
  without: readonly Forbidden[],
): Promise<{ tables: readonly string[]; all: boolean; without: readonly Forbidden[] }> {
  const names = facts.tables.filter(({ type }) => type !== 'view').map(({ name }) => name)
  const broken = await server.failing(
    database,
    names,
    without.includes('triggers') ? withoutTriggers(flags) : flags,
  )
  const bare = broken.length === 0 ? broken : await server.failing(database, broken, withoutTriggers(flags))
  const all = bare.length > 0 && bare.length === names.length
  const byTriggers = bare.length < broken.length
  return { tables: bare, all, without: byTriggers ? [...without, 'triggers'] : without }
}

/** After a failure of a server that is there: finds what cannot be dumped, and dumps the rest. */
async function withoutBroken(work: Work, first: DumpFailure): Promise<DatabaseOutcome> {
  const { server, database, facts, flags } = work
  const refused = await refusedKinds(work)
  const views = facts.tables.filter(({ type }) => type === 'view').map(({ name }) => name)
  const brokenViews = await server.failing(database, views, flags)
  const unreadable = facts.programs.filter(({ readable }) => !readable)
  const warnings: Warning[] = [
    ...brokenViews.map((name): Warning => ({ code: 'view-broken', path: itemPath(database, name) })),
    ...unreadable.map(({ name, definer, kind }): Warning => {
      const note = `This login may not read the ${kind} of ${definer}.`
      return { code: 'routine-unreadable', path: itemPath(database, name), note }
    }),
  ]
  const programs = unreadable.length > 0 ? 'what-can-be-read' : 'with-tables'
  let last = first
  if (warnings.length > 0 || refused.length > 0) {
    const second = await attempt(work, { ignore: brokenViews, programs, without: refused })
    if ('bytes' in second)
      return { result: second, warnings: [...warnings, ...notPermitted(database, refused)] }
    last = second
  }
  const { tables, all, without } = await brokenTablesOf(work, refused)
  const nothingFound = tables.length === 0 && without === refused
  if (all || (nothingFound && last.code !== statementError)) return failed(database, last)
  // Every table by itself can be read: then it is a program, and the rows matter more than those.
  const left = nothingFound ? forbidden : without
  const plan = left === forbidden ? 'what-can-be-read' : programs
  const third = await attempt(work, { ignore: [...brokenViews, ...tables], programs: plan, without: left })
  if (!('bytes' in third)) return failed(database, third)
  const lost = tables.map((name): Warning => ({ code: 'table-failed', path: itemPath(database, name) }))
  return { result: third, warnings: [...warnings, ...notPermitted(database, left), ...lost] }
}

function failed(database: string, { why }: DumpFailure): DatabaseOutcome {
  return { result: null, warnings: [{ code: 'database-failed', path: itemPath(database), note: why }] }
}

/** Codes of the dump tools for an error of the server in a statement (2) and in a table's rows (3). */
const serverErrors: readonly (number | null)[] = [2, 3]

/**
 * Dumps one database: whole, else without exactly those views, tables and routines that cannot be dumped, each named.
 * A server that went away is waited for, and asked once more.
 */
export async function collectDatabase(
  work: Work,
  accounts: ReadonlySet<string> | null,
): Promise<DatabaseOutcome> {
  const { server, database, facts, patience, signal } = work
  const known: Warning[] = [
    ...outsideSnapshot(facts).map(({ name, engine }): Warning => {
      const note = `${engine} tables may be written to while they are read.`
      return { code: 'non-transactional-table', path: itemPath(database, name), note }
    }),
    ...(accounts === null ? [] : withoutDefiner(facts, accounts)).map(({ name, kind, definer }): Warning => {
      const note = `The ${kind} runs as ${definer}, who is not on the server any more.`
      return { code: 'definer-missing', path: itemPath(database, name), note }
    }),
  ]
  let outcome = await attempt(work)
  if (!('bytes' in outcome) && !(await server.answers())) {
    const back = await backAgain(() => server.answers(), patience, signal)
    if (!back) return { ...failed(database, outcome), gone: true }
    outcome = await attempt(work)
  }
  if ('bytes' in outcome) return { result: outcome, warnings: known }
  if (!serverErrors.includes(outcome.code)) return failed(database, outcome)
  const rest = await withoutBroken(work, outcome)
  return rest.result === null ? rest : { result: rest.result, warnings: [...known, ...rest.warnings] }
}
