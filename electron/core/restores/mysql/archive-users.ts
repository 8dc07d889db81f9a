import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import type { ArchiveReader } from '../../archive/reader.ts'
import { likeMatches, namesExactly } from '../../sources/evidence.ts'
import { parseSingleGrant, type SingleGrant } from './single-grants.ts'

/** A right on whole databases, as an archive tells of it. */
export interface ArchiveGrant {
  /** `SELECT, INSERT` or `ALL PRIVILEGES`: only what may be given on a database. */
  readonly privileges: string
  /** A name, in which `_`, `%` and `\` may stand for what they are in grants. */
  readonly pattern: string
}

/** A database user of an archive. */
export interface ArchiveUser {
  readonly user: string
  readonly host: string
  /** What follows its name in CREATE USER, a password's hash; null where the archive has none that we know. */
  readonly identified: string | null
  readonly grants: readonly ArchiveGrant[]
  /** On single tables and routines. */
  readonly single: readonly SingleGrant[]
  /** Grants that are not brought: of roles, on the whole server, or not understood. */
  readonly others: number
}

/** What an archive tells of the server that its dumps are from. */
export interface ArchiveServer {
  /** Roles that users of it had, which are never brought. */
  readonly roles: readonly string[]
  readonly users: readonly ArchiveUser[]
  /** Character set and collation by database. */
  readonly databases: ReadonlyMap<string, { readonly charset: string; readonly collation: string }>
}

const privileges = new Set([
  ...[
    'ALL PRIVILEGES',
    'SELECT',
    'INSERT',
    'UPDATE',
    'DELETE',
    'CREATE',
    'DROP',
    'REFERENCES',
    'INDEX',
    'ALTER',
  ],
  ...['CREATE TEMPORARY TABLES', 'LOCK TABLES', 'EXECUTE', 'CREATE VIEW', 'SHOW VIEW', 'CREATE ROUTINE'],
  ...['ALTER ROUTINE', 'EVENT', 'TRIGGER', 'DELETE HISTORY', 'SHOW CREATE ROUTINE'],
])

const name = '`((?:[^`]|``)+)`'
const grantPattern = new RegExp(`^GRANT ([A-Z, ]+) ON ${name}\\.\\* TO [\`']`)

/** A grant on a whole database, without whom it is for and the right to give it on; null where it is none. */
export function parseGrant(text: string): ArchiveGrant | null {
  const [, list = '', quoted] = grantPattern.exec(text) ?? []
  if (quoted === undefined) return null
  const words = list.split(', ')
  if (!words.every((word) => privileges.has(word))) return null
  return { privileges: words.join(', '), pattern: quoted.replaceAll('``', '`') }
}

/** The ways to keep a password that hold nothing but its hash. */
const hashes = [
  /^IDENTIFIED BY PASSWORD '\*[0-9A-F]{40}'(?= |$)/,
  /^IDENTIFIED VIA (?:mysql_native_password|ed25519) USING '[A-Za-z0-9*+/=]{20,120}'(?= |$)/,
  /^IDENTIFIED WITH '(?:mysql_native_password|caching_sha2_password|sha256_password)' AS 0x[0-9A-F]{20,400}(?= |$)/,
  /^IDENTIFIED WITH 'mysql_native_password' AS '\*[0-9A-F]{40}'(?= |$)/,
]

/** The password's hash of a CREATE USER as our collector writes it, by `user@host`. */
function identifiedOf(sql: string): Map<string, string> {
  const found = new Map<string, string>()
  const create =
    /^CREATE USER (?:IF NOT EXISTS )?[`']((?:[^`']|``|'')*)[`']@[`']((?:[^`']|``|'')*)[`'] (.*?);?$/
  for (const line of sql.split('\n')) {
    const [, user, host, rest = ''] = create.exec(line) ?? []
    if (user === undefined || host === undefined) continue
    const [hash] = hashes.flatMap((pattern) => pattern.exec(rest)?.[0] ?? [])
    if (hash !== undefined) found.set(JSON.stringify([user, host]), hash)
  }
  return found
}

const Users = z.object({
  users: z.array(
    z.object({
      ...{ user: z.string(), host: z.string(), isRole: z.boolean() },
      ...{ grants: z.array(z.string()), roles: z.array(z.string()).default([]) },
    }),
  ),
})

/** What `_grants.json`, `_users.sql` and `_setup.sql` say; nothing in them is ever run as it is. */
export async function archiveServer(
  reader: ArchiveReader,
  { signal }: { readonly signal: AbortSignal },
): Promise<ArchiveServer> {
  const read = async (file: string): Promise<string> => {
    const entry = reader.stat(Buffer.from(`databases/mysql/${file}`))
    if (entry?.type !== 'file' || entry.size > 64 * 1024 * 1024) return ''
    return (await buffer(reader.content(entry, { signal }))).toString('utf8')
  }
  const identified = identifiedOf(await read('_users.sql'))
  const databases = new Map<string, { charset: string; collation: string }>()
  const made = new RegExp(`^CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET (\\w+) COLLATE (\\w+);$`)
  for (const line of (await read('_setup.sql')).split('\n')) {
    const [, database, charset, collation] = made.exec(line) ?? []
    if (database !== undefined && charset !== undefined && collation !== undefined)
      databases.set(database.replaceAll('``', '`'), { charset, collation })
  }
  const told = usersIn(await read('_grants.json'))
  const users = told.flatMap(({ user, host, isRole, grants, roles }): ArchiveUser[] => {
    if (user === '' || isRole || !/^[\w.%:/-]{1,255}$/.test(host)) return []
    const good = grants.map(parseGrant).filter((grant) => grant !== null)
    const single = grants.map(parseSingleGrant).filter((grant) => grant !== null)
    const others = grants.length + roles.length - good.length - single.length
    const hash = identified.get(JSON.stringify([user, host])) ?? null
    return [{ user, host, identified: hash, grants: good, single, others }]
  })
  const roles = told.filter(({ isRole }) => isRole).map(({ user }) => user)
  return { users, databases, roles }
}

function usersIn(text: string): z.infer<typeof Users>['users'] {
  try {
    return Users.safeParse(JSON.parse(text)).data?.users ?? []
  } catch {
    return []
  }
}

/** The privileges that a user had on a database, by whichever of its grants; null where it had none. */
export function privilegesOn({ grants }: ArchiveUser, database: string): string | null {
  const on = grants.filter(({ pattern }) => namesExactly(pattern, database) || likeMatches(pattern, database))
  const words = new Set(on.flatMap((grant) => grant.privileges.split(', ')))
  if (words.size === 0) return null
  return words.has('ALL PRIVILEGES') ? 'ALL PRIVILEGES' : [...words].join(', ')
}
