import type { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import type { DatabaseLogin } from '../../collectors/collector.ts'
import { postgresqlServer } from '../../collectors/postgresql/server.ts'
import type { RestoreContext } from '../restore-context.ts'

/** Asks a database for one JSON document as the account's own login. Throws `remote-failed`. */
export async function askAsOwn<S extends z.ZodType>(
  { target, signal }: Pick<RestoreContext, 'target' | 'signal'>,
  login: DatabaseLogin,
  { database, sql, schema }: { readonly database: string; readonly sql: string; readonly schema: S },
): Promise<z.output<S>> {
  const { output, lines } = await postgresqlServer(target.shell, login, signal).query(database, sql)
  try {
    return schema.parse(JSON.parse(output ?? ''))
  } catch (error) {
    throw new AppError(
      'remote-failed',
      `The PostgreSQL server did not answer for ${database}: ${escapeForDisplay(lines[0] ?? 'no reason')}.`,
      { cause: error },
    )
  }
}
