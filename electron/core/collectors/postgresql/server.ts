import { textLines } from '../mysql/server.ts'
import { postgresqlService } from '../../sources/config/client-options.ts'
import type { RemoteShell, ScriptRun } from '../../remote/shell.ts'
import type { DatabaseLogin } from '../collector.ts'

/** One PostgreSQL server, reached in one way. */
export interface PostgresqlServer {
  /** Whether this login sees everything: the system's user postgres does. */
  readonly superuser: boolean
  /** What psql prints, or null where it failed; `lines` then says why. */
  query(
    database: string,
    sql: string,
  ): Promise<{ readonly output: string | null; readonly lines: readonly string[] }>
  /** Starts a dump in the custom format, not compressed. Its code is `dump` in the run's end. */
  dump(database: string, flags: readonly string[]): Promise<ScriptRun>
}

/** A text inside a connection string (libpq, keyword/value connection strings). */
function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** A text as an SQL literal that no setting can misread. */
export function textLiteral(text: string): string {
  return `convert_from(decode('${Buffer.from(text).toString('hex')}', 'hex'), 'UTF8')`
}

/** A server as root reaches it (`login` null), or as a login of a configuration file does. */
export function postgresqlServer(
  shell: RemoteShell,
  login: DatabaseLogin | null,
  signal: AbortSignal,
): PostgresqlServer {
  const service = login === null ? '' : postgresqlService(login, login.databases[0] ?? 'postgres')
  const targetOf = (database: string) =>
    login === null ? `dbname=${quoted(database)}` : `service=holdfast dbname=${quoted(database)}`
  return {
    superuser: login === null,
    async query(database, sql) {
      const values = { login: service, target: targetOf(database), sql }
      const { codes, output, stderr } = await shell.run('postgresql-query', { values, signal })
      return { output: codes.get('query') === 0 ? output.toString('utf8') : null, lines: textLines(stderr) }
    },
    dump: (database, flags) =>
      shell.start('postgresql-dump', {
        values: { login: service },
        args: ['--format=custom', '--compress=0', '--no-password', ...flags, '--dbname', targetOf(database)],
        talks: true,
        signal,
      }),
  }
}
