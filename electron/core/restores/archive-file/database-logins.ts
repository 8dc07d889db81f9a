import { z } from 'zod'
import type { DatabaseLogin, HashCollector } from './hash-facts.ts'

/** Database users and their password hashes, as other panels write them into their archives. */

const name = "(?:'((?:[^'\\\\]|\\\\.)*)'|`((?:[^`]|``)*)`)"
const grantee = new RegExp(`\\bTO\\s+${name}@${name}`, 'i')
const onDatabase = /\bON\s+`((?:[^`]|``)*)`\.\*/i
const password = /IDENTIFIED\s+(?:BY\s+PASSWORD|WITH\s+'[^']*'\s+AS)\s+'([^']*)'/i

/** `mysql.sql` of cPanel: one GRANT a line, with the hash in the GRANT USAGE. `_` and `%` in names are escaped. */
export function cpanelGrants(content: Buffer, hashes: HashCollector): void {
  for (const line of content.toString().split('\n')) {
    const to = grantee.exec(line)
    if (!/^\s*GRANT\b/i.test(line) || to === null) continue
    const database = onDatabase.exec(line)?.[1]
    hashes.login({
      ...mysqlLogin(unquoted(to[1] ?? to[2] ?? ''), unquoted(to[3] ?? to[4] ?? '')),
      hash: password.exec(line)?.[1] ?? '',
      databases: database === undefined ? [] : [unquoted(database)],
    })
  }
}

const AuthFile = z.record(
  z.string(),
  z.record(z.string(), z.object({ pass_hash: z.string(), auth_plugin: z.string().optional() })),
)

/** `mysql.sql-auth.json` of cPanel: `{user: {host: {pass_hash (hex), auth_plugin}}}`. */
export function cpanelAuth(content: Buffer, hashes: HashCollector): void {
  const parsed = AuthFile.safeParse(json(content))
  if (!parsed.success) return
  for (const [user, hosts] of Object.entries(parsed.data)) {
    for (const [host, { pass_hash: stored, auth_plugin: plugin }] of Object.entries(hosts)) {
      const isHex = /^(?:[0-9a-f]{2})+$/i.test(stored)
      const hash = isHex ? Buffer.from(stored, 'hex').toString('latin1') : stored
      hashes.login({ ...mysqlLogin(user, host), hash, plugin: plugin ?? null })
    }
  }
}

/** `db.conf` of Hestia and Vesta: `DB='…' DBUSER='…' MD5='…' HOST='…' TYPE='…'`. MD5 is the server's own hash. */
export function hestiaDatabase(content: Buffer, hashes: HashCollector): void {
  for (const line of content.toString().split('\n')) {
    const { DB, DBUSER, MD5, TYPE } = keyValues(line)
    if (DB === undefined || DBUSER === undefined || MD5 === undefined) continue
    const login = mysqlLogin(DBUSER, 'localhost')
    hashes.login({ ...login, engine: TYPE === 'pgsql' ? 'postgresql' : 'mysql', hash: MD5, databases: [DB] })
  }
}

/**
 * `U_db.conf` of DirectAdmin: a line a user, `name=key=value&key=value…`, values URL-encoded, the hash in `passwd`.
 * `db_collation` and `accesshosts` are no users.
 */
export function directadminDatabase(database: string): (content: Buffer, hashes: HashCollector) => void {
  return (content, hashes) => {
    for (const line of content.toString().split('\n')) {
      const cut = line.indexOf('=')
      const user = line.slice(0, Math.max(0, cut))
      const hash = new URLSearchParams(line.slice(cut + 1)).get('passwd')
      if (user === '' || hash === null || user === 'db_collation' || user === 'accesshosts') continue
      hashes.login({ ...mysqlLogin(user, 'localhost'), hash, databases: [database] })
    }
  }
}

/** `KEY='value'` pairs of one line of Hestia's configuration. */
export function keyValues(line: string): Readonly<Record<string, string | undefined>> {
  const pairs = [...line.matchAll(/([A-Z_0-9]+)='([^']*)'/g)]
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value]))
}

function mysqlLogin(user: string, host: string): DatabaseLogin {
  return { engine: 'mysql', user, host, hash: '', plugin: null, databases: [] }
}

function unquoted(text: string): string {
  return text.replaceAll('``', '`').replace(/\\(.)/g, '$1')
}

function json(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString())
  } catch {
    return null
  }
}
