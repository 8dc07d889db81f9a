import { AppError } from '../../../../shared/errors.ts'
import type { StepContext } from '../restore-context.ts'
import { anyDatabase, must, tryRun, type Reach } from './over-there.ts'
import { identifier, literal } from './sql.ts'

/** A new name for a database. */
export interface Renaming {
  readonly from: string
  readonly to: string
}

/** Code of the servers for a database that is in use. */
const inUse = '55006'
const tries = 6

/** Lets sessions into a database, or keeps them out. */
export async function letIn(reach: Reach, names: readonly string[], open: boolean): Promise<void> {
  await must(reach, anyDatabase, {
    what: open ? 'let sessions in again' : 'keep sessions out',
    statements: names.map((name) => `ALTER DATABASE ${identifier(name)} ALLOW_CONNECTIONS ${String(open)}`),
  })
}

/**
 * Renames databases in one transaction, in this order, after it ended the sessions of `ending`. Nobody gets into these
 * until it is done; then into `opening` only. Throws `busy` where sessions did not end, with everything as it was.
 */
export async function renameDatabases(
  context: StepContext,
  {
    renamings,
    ending,
    opening,
  }: {
    readonly renamings: readonly Renaming[]
    readonly ending: readonly string[]
    readonly opening: readonly string[]
  },
): Promise<void> {
  const list = ending.map(literal).join(',')
  for (let at = 0; at < tries; at += 1) {
    const { error } = await tryRun(context, anyDatabase, [
      ...ending.map((name) => `ALTER DATABASE ${identifier(name)} ALLOW_CONNECTIONS false`),
      `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname IN (${list})`,
      'BEGIN',
      ...renamings.map(({ from, to }) => `ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`),
      'COMMIT',
      ...opening.map((name) => `ALTER DATABASE ${identifier(name)} ALLOW_CONNECTIONS true`),
    ])
    if (error === null) return
    if (error.code !== inUse) {
      await letIn(context, ending, true)
      throw new AppError(
        'remote-failed',
        `The PostgreSQL server did not exchange the databases: ${error.text} (${error.code}).`,
        { details: { code: error.code } },
      )
    }
    context.log('warning', 'Sessions of the database did not end; trying again')
    await context.clock.sleep(1000, { signal: context.signal })
  }
  await letIn(context, ending, true)
  throw new AppError(
    'busy',
    'Somebody held the database open all the time, so it was not exchanged. End their sessions, and try again.',
  )
}
