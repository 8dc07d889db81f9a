import type { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import { textLines } from '../../collectors/mysql/server.ts'
import type { RestoreContext } from '../restore-context.ts'

/** What is needed to reach the database server over there. */
export type Reach = Pick<RestoreContext, 'target' | 'signal'>

/** An error of the server: its five-letter code, and what it says. */
export interface ServerError {
  readonly code: string
  readonly text: string
}

/** The database that is always there, for what concerns the whole server. */
export const anyDatabase = 'postgres'

/** Who a database is in a connection string (libpq, keyword/value connection strings). */
export function connectionTo(database: string): string {
  return `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/**
 * Runs statements, each on its own, as the system's user postgres, and returns what they print, or the first error of
 * the server. Throws `remote-failed` where the server does not answer at all.
 */
export async function tryRun(
  { target, signal }: Reach,
  database: string,
  statements: readonly string[],
): Promise<{ readonly output: string; readonly error: ServerError | null }> {
  if (statements.length === 0) return { output: '', error: null }
  const sql = statements.map((statement) => `${statement};`).join('\n')
  const { codes, output, stderr } = await target.shell.run('postgresql-run', {
    values: { target: connectionTo(database), sql },
    signal,
  })
  const code = codes.get('run') ?? null
  const text = output.toString('utf8')
  if (code === 0) return { output: text, error: null }
  const lines = textLines(stderr)
  for (const line of lines) {
    const [, state, said = ''] = /(?:ERROR|FATAL): +([0-9A-Z]{5}): (.*)$/.exec(line) ?? []
    if (state !== undefined) return { output: text, error: { code: state, text: escapeForDisplay(said) } }
  }
  const said = escapeForDisplay(lines[0] ?? `its client ended with ${String(code)}`)
  throw new AppError(
    'remote-failed',
    `The PostgreSQL server of ${target.server.name} does not answer (${said}). Nothing more was changed; start it, and try again.`,
  )
}

/** The same for statements that must not fail. Throws `remote-failed` with what the server says of `what`. */
export async function must(
  reach: Reach,
  database: string,
  { what, statements }: { readonly what: string; readonly statements: readonly string[] },
): Promise<string> {
  const { output, error } = await tryRun(reach, database, statements)
  if (error === null) return output
  throw new AppError(
    'remote-failed',
    `The PostgreSQL server did not ${what}: ${error.text} (${error.code}).`,
    {
      details: { code: error.code },
    },
  )
}

/** Asks for one JSON document. Throws `remote-failed` where the server does not give it. */
export async function ask<S extends z.ZodType>(
  reach: Reach,
  database: string,
  { what, sql, schema }: { readonly what: string; readonly sql: string; readonly schema: S },
): Promise<z.output<S>> {
  const output = await must(reach, database, { what, statements: [sql] })
  try {
    return schema.parse(JSON.parse(output))
  } catch (error) {
    throw new AppError('remote-failed', `The PostgreSQL server did not ${what} in words that are known.`, {
      cause: error,
    })
  }
}
