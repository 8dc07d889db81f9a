import { accountByPrefix, likeMatches, namesExactly } from '../../sources/evidence.ts'
import { keyOf, named, roleGrants, rolesOfServer, withMembers } from './roles.ts'
import { identifier, rowsOf, unhex } from './sql.ts'
import type { DatabaseFacts } from './facts.ts'
import type { Account, Roles } from './roles.ts'
import type { MysqlServer } from './server.ts'

/** A database user of a source, or a role that one of them has. */
export interface DatabaseUser extends Account {
  readonly isRole: boolean
  /** `CREATE USER …` with its password hash, or null where this login may not see it. */
  readonly create: string | null
  /** `GRANT …` statements that concern the source's databases. No hashes, nothing global. */
  readonly grants: readonly string[]
  /** `GRANT role TO …` and `SET DEFAULT ROLE …`, of roles that concern them too. */
  readonly roles: readonly string[]
}

const systemUsers = new Set([
  'root',
  'mysql',
  'mariadb.sys',
  'mysql.sys',
  'mysql.session',
  'mysql.infoschema',
  'debian-sys-maint',
])

const who = `SELECT DISTINCT HEX(User), HEX(Host), HEX(Db) FROM mysql.db
  UNION SELECT DISTINCT HEX(User), HEX(Host), HEX(Db) FROM mysql.tables_priv
  UNION SELECT DISTINCT HEX(User), HEX(Host), HEX(Db) FROM mysql.procs_priv`

/** What follows ON in a grant: the database pattern, or null where it is global or names none. */
function grantedPattern(grant: string): string | null {
  const [, quoted] =
    /^GRANT [^]*? ON (?:PROCEDURE |FUNCTION |PACKAGE |PACKAGE BODY )?`((?:[^`]|``)+)`\./.exec(grant) ?? []
  return quoted?.replaceAll('``', '`') ?? null
}

function concerns(grant: string, databases: readonly string[]): boolean {
  const pattern = grantedPattern(grant)
  return (
    pattern !== null && databases.some((name) => namesExactly(pattern, name) || likeMatches(pattern, name))
  )
}

const session = "SET SESSION sql_mode = ''; /*!80017 SET SESSION print_identified_with_as_hex = ON */;"

/** MySQL names the default roles with the user, who is made before them. */
export function withoutDefaultRole(create: string): string {
  const name = '`(?:[^`]|``)*`@`(?:[^`]|``)*`'
  return create.replace(new RegExp(` DEFAULT ROLE ${name}(?:,${name})*(?= REQUIRE )`), '')
}

async function describe(
  server: MysqlServer,
  account: string,
  databases: readonly string[],
): Promise<Pick<DatabaseUser, 'create' | 'grants'>> {
  const grants = await server.query(`${session} SHOW GRANTS FOR ${account}`)
  const create = await server.query(`${session} SHOW CREATE USER ${account}`)
  const statement = create.output?.toString('utf8').trim() ?? ''
  return {
    create: /^CREATE USER /.test(statement) ? withoutDefaultRole(statement) : null,
    grants: (grants.output?.toString('utf8') ?? '')
      .split(/\n(?=GRANT )/)
      .map((grant) => grant.trim())
      .filter((grant) => concerns(grant, databases)),
  }
}

async function usersOfServer(
  server: MysqlServer,
  account: string,
  databases: readonly string[],
  roles: Roles,
): Promise<Account[] | null> {
  const { output } = await server.query(who)
  if (output === null) return null
  const found: Account[] = []
  for (const row of rowsOf(output)) {
    const [user, host, pattern] = [unhex(row[0]), unhex(row[1]), unhex(row[2])]
    const own = databases.some(
      (name) =>
        namesExactly(pattern, name) ||
        (likeMatches(pattern, name) && accountByPrefix(user, [account]) !== null),
    )
    if (own) found.push({ user, host })
  }
  return withMembers(found, roles)
    .filter(({ user }) => user !== '' && !systemUsers.has(user))
    .sort((a, b) => (`${a.user}@${a.host}` < `${b.user}@${b.host}` ? -1 : 1))
}

/**
 * The database users of a source: those with a grant on exactly one of its databases, and those named after the
 * account with a grant on a pattern that fits one; roles as well, and whoever has one of these. A login that may not
 * see the server's users sees itself.
 */
export async function databaseUsers(
  server: MysqlServer,
  account: string,
  databases: readonly string[],
): Promise<DatabaseUser[]> {
  const roles = await rolesOfServer(server)
  const known = await usersOfServer(server, account, databases, roles)
  if (known !== null) {
    const among = new Set(known.map(keyOf))
    const users: DatabaseUser[] = []
    for (const one of known) {
      const described = await describe(server, named(one), databases)
      const isRole = roles.isRole(one)
      users.push({ ...one, isRole, ...described, roles: roleGrants(one, roles, among) })
    }
    return users
  }
  const { output } = await server.query(
    "SELECT HEX(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)), HEX(CURRENT_USER())",
  )
  const [row] = output === null ? [] : rowsOf(output)
  if (row === undefined) return []
  const host = unhex(row[0])
  const user = unhex(row[1]).slice(0, -host.length - 1)
  const described = await describe(server, 'CURRENT_USER()', databases)
  return [{ user, host, isRole: false, roles: [], ...described }]
}

/** Whether a grant is about a whole database, not one table or program in it. */
function isOfDatabase(grant: string): boolean {
  return / ON `(?:[^`]|``)+`\.\* TO /.test(grant)
}

/**
 * Whether a server may keep silent about triggers of a database: without the privilege for them it lists none, and
 * says no word. Privileges that come by a role or from the whole server are not counted, so this is a maybe.
 */
export function mayHideTriggers(users: readonly DatabaseUser[], database: string): boolean {
  const privileges = users
    .flatMap(({ grants }) => grants)
    .filter((grant) => isOfDatabase(grant) && concerns(grant, [database]))
    .flatMap((grant) => grant.slice('GRANT '.length, grant.indexOf(' ON ')).split(', '))
  return !privileges.some((privilege) => privilege.startsWith('ALL') || privilege === 'TRIGGER')
}

function statement(text: string): string {
  return `${text.replace(/;\s*$/, '')};\n`
}

const names = 'SET NAMES utf8mb4;\n'

/** `_users.sql`: the users with their hashes; those that are there already stay as they are. */
export function usersSql(users: readonly DatabaseUser[]): string {
  const lines = users.flatMap(({ create, isRole }) =>
    create === null || isRole
      ? []
      : [statement(create.replace(/^CREATE USER (?!IF NOT EXISTS )/, 'CREATE USER IF NOT EXISTS '))],
  )
  return names + lines.join('')
}

/**
 * `_setup.sql`: the databases with their character sets and the roles, then the grants on whole databases. Where the users' hashes are not in the
 * archive, users that are missing are made locked, so that no grant fails and nobody can log in.
 */
export function setupSql(
  databases: ReadonlyMap<string, DatabaseFacts>,
  users: readonly DatabaseUser[],
  options: { readonly credentials: boolean },
): string {
  const created = [...databases].map(([name, { charset, collation }]) =>
    statement(
      `CREATE DATABASE IF NOT EXISTS ${identifier(name)} CHARACTER SET ${charset} COLLATE ${collation}`,
    ),
  )
  const roles = users
    .filter(({ isRole }) => isRole)
    .map((role) => statement(`CREATE ROLE IF NOT EXISTS ${named(role)}`))
  const locked = users
    .filter(({ create, isRole }) => !isRole && (!options.credentials || create === null))
    .map((user) => statement(`CREATE USER IF NOT EXISTS ${named(user)} ACCOUNT LOCK`))
  const grants = users.flatMap((user) => user.grants.filter(isOfDatabase).map(statement))
  const given = users.flatMap((user) => user.roles.map(statement))
  return [names, ...created, ...roles, ...locked, ...grants, ...given].join('')
}

/** `_grants.sql`: the grants on single tables and programs, which the server takes only where those are. */
export function grantsSql(users: readonly DatabaseUser[]): string {
  return users.flatMap(({ grants }) => grants.filter((grant) => !isOfDatabase(grant)).map(statement)).join('')
}

/** `_grants.json`: who may do what, for programs. No hashes. */
export function grantsJson(users: readonly DatabaseUser[]): string {
  const rows = users.map(({ user, host, isRole, grants, roles }) => ({ user, host, isRole, grants, roles }))
  return `${JSON.stringify({ users: rows }, null, 2)}\n`
}
