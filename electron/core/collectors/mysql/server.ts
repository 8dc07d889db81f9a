import { AppError } from '../../../../shared/errors.ts'
import { mysqlOptions } from '../../sources/config/client-options.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import type { RemoteShell, ScriptRun } from '../../remote/shell.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { DatabaseLogin } from '../collector.ts'

/** The dump tool of a server. */
export interface DumpTool {
  readonly name: string
  readonly version: string
  /** Whether it can dump the history of system-versioned tables. */
  readonly history: boolean
}

/** One MySQL or MariaDB server, reached in one way. */
export interface MysqlServer {
  /** What scripts that talk to it are given: a login's option file, or an option file of the system, or neither. */
  readonly access: { readonly login: Secret | ''; readonly defaults: string }
  /** Rows as the client prints them, or null where it failed; `lines` then says why. */
  query(sql: string): Promise<{ readonly output: Buffer | null; readonly lines: readonly string[] }>
  /**
   * Runs statements, one a line; `force` goes on after an error. `code` is the client's own: 0, or 1 after an error of
   * the server.
   */
  run(
    statements: readonly string[],
    options?: { readonly database?: string; readonly force?: boolean },
  ): Promise<{ readonly code: number; readonly output: Buffer; readonly lines: readonly string[] }>
  /** Starts a dump. Its code is `dump` in the run's end. */
  dump(args: readonly string[]): Promise<ScriptRun>
  /** Which of these tables or views cannot be dumped. `flags` have no spaces. */
  failing(database: string, names: readonly string[], flags: readonly string[]): Promise<string[]>
  /** Whether it answers. */
  answers(): Promise<boolean>
}

/** What tools wrote, as text for people. */
export function textLines(stderr: readonly Buffer[]): string[] {
  return stderr.map((line) => line.toString('utf8').trim()).filter((line) => line !== '')
}

/** The dump tool, or null where there is none. */
export async function findTool(shell: RemoteShell, signal: AbortSignal): Promise<DumpTool | null> {
  const { facts } = await shell.run('mysql-tools', { signal })
  const name = facts.get('tool')
  if (name === undefined) return null
  return { name, version: facts.get('version') ?? '', history: facts.has('history') }
}

/** The files from which root may take a login where the socket gives none. */
const systemFiles = ['', '/etc/mysql/debian.cnf']

/** What may be part of a script's text: input costs the server a dozen processes. */
const scriptBytes = 256 * 1024

/** The statements, one a line, or nothing where a script could not hold them. */
function inScript(statements: readonly string[]): string {
  const text = statements.map((statement) => `${statement};\n`).join('')
  return text.length > scriptBytes || text.includes('\0') ? '' : text
}

async function* linesOf(statements: readonly string[]): AsyncGenerator<Buffer> {
  for (const statement of statements) yield Buffer.from(`${statement};\n`)
}

function server(shell: RemoteShell, signal: AbortSignal, login: Secret | '', defaults: string): MysqlServer {
  const values = { login, defaults }
  const query: MysqlServer['query'] = async (sql) => {
    const { codes, output, stderr } = await shell.run('mysql-query', { values: { ...values, sql }, signal })
    return { output: codes.get('query') === 0 ? output : null, lines: textLines(stderr) }
  }
  return {
    access: values,
    query,
    async run(statements, { database = '', force = false } = {}) {
      const sql = inScript(statements)
      const { codes, output, stderr } = await shell.run('mysql-run', {
        values: { ...values, database, force: force ? 1 : 0, sql },
        ...(sql === '' ? { input: linesOf(statements) } : {}),
        signal,
      })
      return { code: codes.get('run') ?? 127, output, lines: textLines(stderr) }
    },
    dump: (args) => shell.start('mysql-dump', { values, args, talks: true, signal }),
    async failing(database, names, flags) {
      if (names.length === 0) return []
      const probe = { ...values, database, flags: flags.join(' ') }
      const { output } = await shell.run('mysql-probe', { values: probe, args: names, signal })
      const codes = recordsOf(parseRecords(output), 'dumped', 2)
      if (codes.length !== names.length) {
        throw new AppError('remote-failed', 'The server did not say which tables can be dumped. Try again.')
      }
      return names.filter((_name, at) => codes[at]?.[1]?.toString('latin1') !== '0')
    },
    answers: async () => (await query('SELECT 1')).output !== null,
  }
}

/** The server as a login of a configuration file reaches it. */
export function serverFor(shell: RemoteShell, login: DatabaseLogin, signal: AbortSignal): MysqlServer {
  return server(shell, signal, mysqlOptions(login), '')
}

/** The server as root reaches it: by the socket, by its own `~/.my.cnf`, or by the system's maintenance login. */
export async function serverForRoot(
  shell: RemoteShell,
  signal: AbortSignal,
): Promise<{ server: MysqlServer; why: readonly string[] }> {
  let why: readonly string[] = []
  for (const defaults of systemFiles) {
    const candidate = server(shell, signal, '', defaults)
    const { output, lines } = await candidate.query('SELECT 1')
    if (output !== null) return { server: candidate, why: [] }
    if (why.length === 0) why = lines
  }
  return { server: server(shell, signal, '', ''), why }
}
