import { AppError } from '../../../../shared/errors.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { dumpFlags, withoutTriggers } from '../../collectors/mysql/dump.ts'
import { findTool, textLines, type MysqlServer } from '../../collectors/mysql/server.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { StepContext } from '../restore-context.ts'
import type { Contents } from './contents.ts'

type Step = StepOf<'import-database'>

interface Ended {
  readonly code: number | null
  readonly said: string
  readonly tables: number
}

async function run(
  step: Step,
  { target, signal }: StepContext,
  {
    action,
    access,
    args = [],
  }: {
    readonly action: 'save' | 'look' | 'back' | 'forget'
    readonly access: MysqlServer['access']
    readonly args?: readonly string[]
  },
): Promise<Ended> {
  const { codes, facts, stderr } = await target.shell.run('mysql-saved', {
    values: { ...access, action, name: step.scratch, database: step.database },
    ...{ args, signal },
  })
  const code = codes.get('saved') ?? null
  const lines = textLines(stderr)
  const line = lines.find((one) => /error/i.test(one)) ?? lines[0] ?? `its client ended with ${String(code)}`
  return { code, said: escapeForDisplay(line.slice(0, 500)), tables: Number(facts.get('tables') ?? 0) }
}

/** What a saved dump is called over there. */
export function savedName({ scratch }: Step): string {
  return `.holdfast-${scratch}.sql`
}

/**
 * Saves tables and sequences of a database, with their rows, in a file in the home of who is logged in, and proves that
 * it is whole. Throws `remote-failed`; nothing was changed then.
 */
export async function saveTables(
  step: Step,
  context: StepContext,
  {
    server,
    now,
    names,
  }: { readonly server: MysqlServer; readonly now: Contents; readonly names: readonly string[] },
): Promise<void> {
  const { shell } = context.target
  const tool = await findTool(shell, context.signal)
  if (tool === null) {
    throw new AppError(
      'remote-failed',
      `${context.target.server.name} has neither mariadb-dump nor mysqldump, so ${step.database} cannot be saved before. Nothing was changed.`,
    )
  }
  const wanted = new Set(names)
  const views = now.programs.filter(({ kind }) => kind === 'view')
  const ignored = [...now.tables, ...views].filter(({ name }) => !wanted.has(name))
  const args = [
    ...withoutTriggers(dumpFlags(tool)),
    ...['--skip-routines', '--skip-events'],
    ...ignored.map(({ name }) => `--ignore-table=${step.database}.${name}`),
    ...['--', step.database],
  ]
  const { code, said, tables } = await run(step, context, { action: 'save', access: server.access, args })
  if (code === 0 && tables === names.length) return
  const why = code === 0 ? `${tables} of ${names.length} tables were dumped` : said
  throw new AppError(
    'remote-failed',
    `${step.database} could not be saved in the home before (${why}). Nothing was changed.`,
  )
}

/** Throws `remote-failed` where the file is not there any more: nothing may be removed then. */
export async function requireSaved(step: Step, context: StepContext): Promise<void> {
  const { code } = await run(step, context, { action: 'look', access: { login: '', defaults: '' } })
  if (code === 0) return
  throw new AppError(
    'remote-failed',
    `${savedName(step)} is not in the home any more, so ${step.database} cannot be put back from it. Restore the safety backup of this restore instead.`,
  )
}

/** Reads the saved tables back. Throws `remote-failed`; the file is still there then. */
export async function readSaved(step: Step, context: StepContext, login: Secret): Promise<void> {
  const { code, said } = await run(step, context, { action: 'back', access: { login, defaults: '' } })
  if (code === 0) return
  throw new AppError(
    'remote-failed',
    `${step.database} could not be put back from ${savedName(step)} in the home (${said}). The file is still there.`,
  )
}

/** Removes the file; one that is gone already is no error. */
export async function forgetSaved(step: Step, context: StepContext): Promise<void> {
  await run(step, context, { action: 'forget', access: { login: '', defaults: '' } })
}
