import { unhex } from '../../collectors/mysql/sql.ts'
import type { DatabaseRight } from '../../../../shared/model/restore-plan.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { namesExactly } from '../../sources/evidence.ts'
import type { RestoreContext } from '../restore-context.ts'
import { mapDatabase } from '../mapping.ts'
import { privilegesOn, type ArchiveServer, type ArchiveUser } from './archive-users.ts'
import { must } from './over-there.ts'

/** A user of the server that is restored to. */
interface LiveUser {
  readonly user: string
  readonly host: string
  /** May do something on every database. */
  readonly global: boolean
  /** The databases that it has rights on, as grants name them. */
  readonly patterns: readonly string[]
}

async function liveUsers(server: MysqlServer): Promise<LiveUser[]> {
  const rows = await must(
    server,
    [
      "SELECT 'user', HEX(User), HEX(Host) FROM mysql.user",
      "SELECT 'db', HEX(User), HEX(Host), HEX(Db) FROM mysql.db",
      "SELECT DISTINCT 'global', HEX(CONVERT(GRANTEE USING utf8mb4)) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE'",
    ],
    { what: 'say which users it has' },
  )
  const of = (tag: string) => rows.filter(([first]) => first === tag).map((row) => row.slice(1).map(unhex))
  const globals = new Set(of('global').map(([grantee]) => grantee))
  const rights = of('db')
  return of('user').map(([user = '', host = '']) => ({
    ...{ user, host, global: globals.has(`'${user}'@'${host}'`) },
    patterns: rights.filter(([one, at]) => one === user && at === host).map(([, , pattern = '']) => pattern),
  }))
}

/** A right on one thing in a database of the target. */
export interface PlannedRight {
  readonly database: string
  readonly right: DatabaseRight
}

/** A database user as a restore will have it. */
export interface PlannedUser {
  readonly name: string
  readonly host: string
  /** `others`: belongs to somebody else and is left alone. */
  readonly state: 'missing' | 'exists' | 'others'
  readonly from: ArchiveUser
  /** Privileges by database of the target. */
  readonly rights: ReadonlyMap<string, string>
  /** On single tables and routines. */
  readonly single: readonly PlannedRight[]
}

/** The rights on single things of a database that come: those of users that are made. */
export function rightsIn({ users }: PlannedUsers, database: string): DatabaseRight[] {
  const made = users.filter(({ state }) => state === 'missing').flatMap(({ single }) => single)
  return made.filter((one) => one.database === database).map(({ right }) => right)
}

export interface PlannedUsers {
  readonly users: readonly PlannedUser[]
  /** Whom the programs of a database will belong to; null where there is nobody whom they may. */
  readonly ownerOf: (database: string) => string | null
}

/** Which users the databases need, what the server has of them, and whom programs may belong to. */
export async function planUsers(
  context: RestoreContext,
  server: MysqlServer,
  {
    archive,
    databases,
  }: {
    readonly archive: ArchiveServer
    readonly databases: readonly { readonly from: string; readonly to: string }[]
  },
): Promise<PlannedUsers> {
  const account = context.mapping.user.to
  const live = await liveUsers(server)
  const own = [
    ...(context.target.source?.databases ?? []).flatMap(({ engine, name }) =>
      engine === 'mysql' ? [name] : [],
    ),
    ...databases.map(({ to }) => to),
  ]
  const isPrefixed = (name: string) => name === account || name.startsWith(`${account}_`)
  const isOwnPattern = (pattern: string) =>
    own.some((name) => namesExactly(pattern, name)) || isPrefixed(pattern.replaceAll('\\', ''))
  const isOwn = ({ user, global, patterns }: LiveUser) =>
    !global && user !== '' && patterns.every(isOwnPattern) && (patterns.length > 0 || isPrefixed(user))
  const users = archive.users.flatMap((from): PlannedUser[] => {
    const name = mapDatabase(context.mapping.databaseUsers, { engine: 'mysql', name: from.user }) ?? from.user
    const rights = new Map(
      databases.flatMap((database) => {
        const privileges = privilegesOn(from, database.from)
        return privileges === null ? [] : [[database.to, privileges] as const]
      }),
    )
    const targets = new Map(databases.map((database) => [database.from, database.to]))
    const single = from.single.flatMap(({ database, ...grant }): PlannedRight[] => {
      const to = targets.get(database)
      return to === undefined ? [] : [{ database: to, right: { user: name, host: from.host, ...grant } }]
    })
    if (rights.size === 0 && single.length === 0) return []
    const there = live.find(({ user, host }) => user === name && host === from.host)
    const state = there === undefined ? 'missing' : isOwn(there) ? 'exists' : 'others'
    return [{ name, host: from.host, state, from, rights, single }]
  })
  const byAccount = <T extends { readonly name: string }>(list: readonly T[]) =>
    list.find(({ name }) => name === account) ?? list[0]
  const ownerOf = (database: string): string | null => {
    const planned = byAccount(users.filter(({ state, rights }) => state !== 'others' && rights.has(database)))
    if (planned !== undefined) return `${planned.name}@${planned.host}`
    const has = live.filter((one) => isOwn(one)).map(({ user: name, host }) => ({ name, host }))
    const known = byAccount(has)
    if (known !== undefined) return `${known.name}@${known.host}`
    return live.some(({ user, host }) => user === account && host === 'localhost')
      ? null
      : `${account}@localhost`
  }
  return { users, ownerOf }
}
