import { posix } from 'node:path'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { Secret } from '../../secrets/secret.ts'
import { dotenvLogins } from './dotenv.ts'
import { myCnfLogins, pgpassLogins } from './client-files.ts'
import { drupalLogins, joomlaLogins, wordpressLogins } from './php.ts'

/** What a configuration file says about a database; fields that it leaves open are absent. */
export interface ConfigLogin {
  readonly engine: 'mysql' | 'postgresql'
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly socket?: string | undefined
  readonly user: string
  readonly password: string
  readonly databases: readonly string[]
}

/** A login as the collectors take it (their interface is `DatabaseLogin`). */
export interface FoundLogin {
  readonly engine: 'mysql' | 'postgresql'
  readonly host: string | null
  readonly port: number | null
  readonly socket: string | null
  readonly user: string
  readonly password: Secret
  readonly databases: readonly string[]
  readonly from: string
}

const readers: Readonly<Record<string, (text: string) => ConfigLogin[]>> = {
  'wp-config.php': wordpressLogins,
  'configuration.php': joomlaLogins,
  'settings.php': drupalLogins,
  'settings.local.php': drupalLogins,
  '.env': dotenvLogins,
  '.env.local': dotenvLogins,
  '.my.cnf': myCnfLogins,
  '.pgpass': pgpassLogins,
}

/** File names that are recognised, wherever they lie under a home or a document root. */
export const configFileNames: readonly string[] = Object.keys(readers)

function cleaned(login: ConfigLogin, from: string): FoundLogin | null {
  const { engine, user, databases } = login
  if (user === '' || /[\0\n\r]/.test(user + login.password)) return null
  const [name = '', rest] = (login.host ?? '').startsWith('[')
    ? [login.host ?? '']
    : (login.host ?? '').split(/:(.*)/)
  const socket =
    login.socket ?? (rest?.startsWith('/') ? rest : undefined) ?? (name.startsWith('/') ? name : undefined)
  const port = Number(login.port ?? (rest !== undefined && /^\d+$/.test(rest) ? rest : ''))
  const host = name === '' || name === 'localhost' || name.startsWith('/') ? null : name
  if (host !== null && !/^(?!-)[A-Za-z0-9._:[\]-]{1,253}$/.test(host)) return null
  return {
    engine,
    host,
    port: Number.isInteger(port) && port > 0 && port < 65536 ? port : null,
    socket: socket === undefined || socket === '' ? null : socket,
    user,
    password: new Secret(login.password),
    databases: databases.filter((database) => database !== ''),
    from,
  }
}

/**
 * The database logins that a recognised configuration file holds. `path` is a `RemoteName`. A file that is not
 * recognised, or says nothing useful, yields none; nothing in it is ever executed.
 */
export function loginsOf(path: string, content: Buffer): FoundLogin[] {
  const name = posix.basename(Buffer.from(fromRemoteName(path)).toString('latin1'))
  const logins = readers[name]?.(content.toString('utf8')) ?? []
  return logins.map((login) => cleaned(login, path)).filter((login) => login !== null)
}

/** Whether a login is for the server that holds the file. */
export function isLocal(login: FoundLogin): boolean {
  return login.host === null || /^(127\.[0-9.]+|::1|\[::1\]|localhost\..*)$/.test(login.host)
}
