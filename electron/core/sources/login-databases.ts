import { Secret } from '../secrets/secret.ts'
import { isLocal } from './config/config-file.ts'
import { isSystemDatabase } from './evidence.ts'
import { mysqlOptions, postgresqlService } from './config/client-options.ts'
import { parseRecords } from './records.ts'
import { databasesOf } from './server-facts.ts'
import type { DatabaseEngine, Evidence, SourceDatabase, Unanswered } from '../../../shared/model/source.ts'
import type { RemoteShell } from '../remote/shell.ts'
import type { FoundLogin } from './config/config-file.ts'

const engines: Readonly<Record<DatabaseEngine, string>> = { mysql: 'MySQL', postgresql: 'PostgreSQL' }

/** The login that a server takes from the operating system, where it does. */
function ownLogin(engine: DatabaseEngine, user: string): FoundLogin {
  const nothing = { host: null, port: null, socket: null, databases: [], from: '' }
  return { engine, user, password: new Secret(''), ...nothing }
}

function distinct(logins: readonly FoundLogin[]): FoundLogin[] {
  const byKey = new Map<string, FoundLogin>()
  for (const login of logins) {
    const { engine, host, port, socket, user, password, databases } = login
    const database = engine === 'postgresql' ? (databases[0] ?? '') : ''
    const key = JSON.stringify([engine, host, port, socket, user, password.reveal(), database])
    if (!byKey.has(key)) byKey.set(key, login)
  }
  return [...byKey.values()]
}

function evidenceOf(login: FoundLogin): Evidence {
  return login.from === '' ? { kind: 'login' } : { kind: 'config-file', path: login.from }
}

/** A login as it is written, and by the socket where it names this computer: accounts for `localhost` need that. */
function ways(login: FoundLogin): FoundLogin[] {
  return login.host !== null && isLocal(login) ? [login, { ...login, host: null, port: null }] : [login]
}

/** What to say of logins that were refused: nothing where another way opened the same. */
function refusals(refused: readonly FoundLogin[], working: readonly FoundLogin[]): Unanswered[] {
  const gaps = refused.filter(({ from, engine, user, databases }) => {
    const same = working.filter((login) => login.engine === engine)
    const opened = databases.every((name) => same.some((login) => login.databases.includes(name)))
    return from !== '' && !(databases.length > 0 ? opened : same.some((login) => login.user === user))
  })
  return gaps.map(({ from, engine, user }) => ({
    kind: engine,
    path: from,
    why: `The ${engines[engine]} login ${user} that this file holds was refused.`,
  }))
}

/**
 * Asks each login's server, as that login, which databases it opens. Returns them with the logins that work, each
 * with the databases it is for, and the logins that were refused. Only what the server itself lists counts.
 */
export async function databasesFor(
  shell: RemoteShell,
  found: readonly FoundLogin[],
  options: { readonly user: string; readonly signal: AbortSignal },
): Promise<{ databases: SourceDatabase[]; logins: FoundLogin[]; failed: Unanswered[] }> {
  const databases = new Map<string, SourceDatabase>()
  const logins: FoundLogin[] = []
  const own = [ownLogin('mysql', options.user), ownLogin('postgresql', options.user)]
  const refused: FoundLogin[] = []
  for (const login of distinct([...found, ...own].flatMap(ways))) {
    const { engine } = login
    const secret =
      engine === 'mysql' ? mysqlOptions(login) : postgresqlService(login, login.databases[0] ?? 'postgres')
    const { output } = await shell.run('discover-databases', {
      values: { engine, login: secret },
      signal: options.signal,
    })
    const records = parseRecords(output)
    if (records.length === 0) {
      refused.push(login)
      continue
    }
    const opened = databasesOf(records).filter(({ name }) => !isSystemDatabase(engine, name))
    logins.push({ ...login, databases: opened.map(({ name }) => name) })
    for (const { name, bytes } of opened) {
      const key = `${engine} ${name}`
      const before = databases.get(key)
      databases.set(key, { engine, name, bytes, evidence: [...(before?.evidence ?? []), evidenceOf(login)] })
    }
  }
  return { databases: [...databases.values()], logins, failed: refusals(refused, logins) }
}
