import { AppError } from '../../../../shared/errors.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import { serverFor, serverForRoot, type MysqlServer } from '../../collectors/mysql/server.ts'
import { ownLogin } from '../own-login.ts'
import type { RestoreContext } from '../restore-context.ts'

/** An error of the server, as its client prints it. */
export interface ServerError {
  readonly code: number
  /** Which of the statements it was, from 0. */
  readonly at: number
  readonly text: string
}

/** What statements came to. */
export interface Answer {
  /** Columns as they are: what the client escapes is put right. */
  readonly rows: readonly (readonly string[])[]
  readonly errors: readonly ServerError[]
}

/** The server over there as root reaches it. Throws `remote-failed` where it does not answer. */
export async function rootServer({ target, signal }: RestoreContext): Promise<MysqlServer> {
  const { server, why } = await serverForRoot(target.shell, signal)
  if (why.length === 0) return server
  throw new AppError(
    'remote-failed',
    `The database server of ${target.server.name} does not answer (${escapeForDisplay(why[0] ?? '')}). Nothing more was changed; start it, and try again.`,
  )
}

/**
 * The server as it is reached for one database: by root, or, where the login may not become root, by the account's own
 * login of that database. Throws `remote-failed` where there is none, or where the server does not answer.
 */
export async function serverOf(context: RestoreContext, database: string): Promise<MysqlServer> {
  const { target, signal } = context
  if (target.shell.privilege !== 'user') return rootServer(context)
  const login = ownLogin(context, { engine: 'mysql', database })
  if (login !== null) return serverFor(target.shell, login, signal)
  throw new AppError(
    'remote-failed',
    `No configuration file of the account has a login any more that opens ${database}. Nothing more was changed; put it back, and try again.`,
  )
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' }

function column(text: string): string {
  return text.replace(/\\([nt0\\])/g, (_whole, letter: string) => escapes[letter] ?? letter)
}

function errorsIn(lines: readonly string[]): ServerError[] {
  return lines.flatMap((line) => {
    const [, code, at, text = ''] = /^ERROR (\d+) \(\w+\) at line (\d+): (.*)$/.exec(line) ?? []
    return code === undefined
      ? []
      : [{ code: Number(code), at: Number(at) - 1, text: escapeForDisplay(text) }]
  })
}

/**
 * Runs statements, none with a line end in it, one after the other. Without `force` the first error of the server ends
 * it; with it all are run. Throws `remote-failed` where the client did not come to the server, or did not get all.
 */
export async function answer(
  server: MysqlServer,
  statements: readonly string[],
  options: { readonly database?: string; readonly force?: boolean } = {},
): Promise<Answer> {
  if (statements.length === 0) return { rows: [], errors: [] }
  const { code, output, lines } = await server.run(statements, options)
  const errors = errorsIn(lines)
  if (code !== 0 && errors.length === 0) {
    const said = escapeForDisplay(lines[0] ?? `its client ended with ${code}`)
    throw new AppError('remote-failed', `The database server did not do what it was told: ${said}.`)
  }
  const rows = output.toString('utf8').split('\n')
  return { rows: rows.flatMap((row) => (row === '' ? [] : [row.split('\t').map(column)])), errors }
}

/** The same for statements that must not fail. Throws `remote-failed` with what the server says of `what`. */
export async function must(
  server: MysqlServer,
  statements: readonly string[],
  { what, database }: { readonly what: string; readonly database?: string },
): Promise<Answer['rows']> {
  const { rows, errors } = await answer(server, statements, database === undefined ? {} : { database })
  const [first] = errors
  if (first === undefined) return rows
  throw new AppError('remote-failed', `The database server did not ${what}: ${first.text} (${first.code}).`, {
    details: { code: first.code },
  })
}

/** No statement of ours waits longer than this for somebody else's transaction; the server's own limit is a day. */
export const shortWait = 'SET lock_wait_timeout=5, foreign_key_checks=0'
