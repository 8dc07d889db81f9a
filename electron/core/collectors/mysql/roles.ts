import { accountName, rowsOf, unhex } from './sql.ts'
import type { MysqlServer } from './server.ts'

/** A user or role of a server. Roles of MariaDB have the host ''. */
export interface Account {
  readonly user: string
  readonly host: string
}

/** A role that a user or another role has. */
export interface RoleEdge {
  readonly member: Account
  readonly role: Account
  /** May give the role to others. */
  readonly admin: boolean
  /** Is active as soon as the member logs in. */
  readonly byDefault: boolean
}

/** How a server keeps roles: who has which, and how it is said which of them are on by default. */
export interface Roles {
  readonly dialect: 'mariadb' | 'mysql'
  readonly edges: readonly RoleEdge[]
  readonly isRole: (account: Account) => boolean
}

/** An account as a text that is the same for the same account only. */
export function keyOf({ user, host }: Account): string {
  return JSON.stringify([user, host])
}

/** An account as SQL names it. */
export function named({ user, host }: Account): string {
  return host === '' && user !== '' ? accountName(user, '').slice(0, -"@''".length) : accountName(user, host)
}

const questions = {
  mariadb: `SELECT HEX(m.User), HEX(m.Host), HEX(m.Role), '', m.Admin_option = 'Y', COALESCE(u.default_role = m.Role, 0)
    FROM mysql.roles_mapping m LEFT JOIN mysql.user u ON u.User = m.User AND u.Host = m.Host`,
  mysql: `SELECT HEX(e.TO_USER), HEX(e.TO_HOST), HEX(e.FROM_USER), HEX(e.FROM_HOST), e.WITH_ADMIN_OPTION = 'Y',
    d.USER IS NOT NULL FROM mysql.role_edges e LEFT JOIN mysql.default_roles d ON d.USER = e.TO_USER
    AND d.HOST = e.TO_HOST AND d.DEFAULT_ROLE_USER = e.FROM_USER AND d.DEFAULT_ROLE_HOST = e.FROM_HOST`,
} as const

/** The roles of a server; none where it has none or this login may not see them. */
export async function rolesOfServer(server: MysqlServer): Promise<Roles> {
  for (const dialect of ['mariadb', 'mysql'] as const) {
    const { output } = await server.query(questions[dialect])
    if (output === null) continue
    const edges = rowsOf(output).map(([user, host, role, roleHost, admin, byDefault]): RoleEdge => ({
      member: { user: unhex(user), host: unhex(host) },
      role: { user: unhex(role), host: unhex(roleHost) },
      admin: admin === '1',
      byDefault: byDefault === '1',
    }))
    const keys = new Set(edges.map(({ role }) => keyOf(role)))
    return { dialect, edges, isRole: (account) => keys.has(keyOf(account)) }
  }
  return { dialect: 'mysql', edges: [], isRole: () => false }
}

/** The accounts, and those that have one of them as a role, over any number of steps. */
export function withMembers(accounts: readonly Account[], { edges }: Roles): Account[] {
  const found = new Map(accounts.map((account) => [keyOf(account), account]))
  // A map gives what is added to it while it is gone through.
  for (const [key] of found) {
    for (const { member } of edges.filter(({ role }) => keyOf(role) === key)) found.set(keyOf(member), member)
  }
  return [...found.values()]
}

/** Statements that give an account its roles, of those that are named. */
export function roleGrants(
  account: Account,
  { dialect, edges }: Roles,
  among: ReadonlySet<string>,
): string[] {
  const own = edges.filter(({ member, role }) => keyOf(member) === keyOf(account) && among.has(keyOf(role)))
  const defaults = own.filter(({ byDefault }) => byDefault).map(({ role }) => named(role))
  const to = dialect === 'mariadb' ? 'FOR' : 'TO'
  return [
    ...own.map(
      ({ role, admin }) => `GRANT ${named(role)} TO ${named(account)}${admin ? ' WITH ADMIN OPTION' : ''}`,
    ),
    ...(defaults.length === 0 ? [] : [`SET DEFAULT ROLE ${defaults.join(', ')} ${to} ${named(account)}`]),
  ]
}
