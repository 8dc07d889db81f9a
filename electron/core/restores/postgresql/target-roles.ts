import type { RestoreContext } from '../restore-context.ts'
import { mapDatabase } from '../mapping.ts'
import { passwordOf, type ArchivedServer } from './archive-roles.ts'
import type { TargetServer } from './target-server.ts'

/** A role as a restore will have it. */
export interface PlannedRole {
  readonly name: string
  /** `others`: belongs to somebody else, or may too much, and is left alone. */
  readonly state: 'missing' | 'exists' | 'others'
  /** A hash that the server takes; null where there is none. */
  readonly password: string | null
  readonly connectionLimit: number
  /** Planned roles that it is a member of. */
  readonly memberOf: readonly string[]
}

export interface PlannedRoles {
  readonly roles: readonly PlannedRole[]
  /** Whom a database will belong to; null where there is nobody whom it may. */
  readonly ownerOf: (database: { readonly from: string; readonly to: string }) => string | null
}

type Context = Pick<RestoreContext, 'mapping' | 'target'>

/** Whether a name belongs to an account by custom. */
export function isPrefixed({ mapping }: Context, name: string): boolean {
  const account = mapping.user.to
  return name === account || name.startsWith(`${account}_`)
}

/** Which roles the databases need, what the server has of them, and whom the databases will belong to. */
export function planRoles(
  context: Context,
  server: TargetServer,
  {
    archive,
    databases,
  }: {
    readonly archive: ArchivedServer
    readonly databases: readonly { readonly from: string; readonly to: string }[]
  },
): PlannedRoles {
  const { mapping, target } = context
  const account = mapping.user.to
  const ownDatabases = new Set(
    (target.source?.databases ?? []).flatMap(({ engine, name }) => (engine === 'postgresql' ? [name] : [])),
  )
  const owned = (role: string) => server.databases.filter(({ owner }) => owner === role)
  const mapped = (name: string) => mapDatabase(mapping.databaseUsers, { engine: 'postgresql', name }) ?? name
  const stateOf = (name: string): PlannedRole['state'] => {
    const there = server.roles.find((role) => role.name === name)
    if (name.startsWith('pg_') || name === 'postgres' || there?.powerful === true) return 'others'
    if (there === undefined) return 'missing'
    const its = owned(name)
    const own = its.length > 0 && its.every((database) => ownDatabases.has(database.name))
    return own || (isPrefixed(context, name) && its.every(({ name: database }) => ownDatabases.has(database)))
      ? 'exists'
      : 'others'
  }
  const owners = new Set(databases.flatMap(({ from }) => archive.databases.get(from)?.owner ?? []))
  const wanted = archive.roles.filter(({ name }) => owners.has(name) || isPrefixed(context, mapped(name)))
  const names = new Set(wanted.map(({ name }) => mapped(name)))
  const roles = wanted.map((role): PlannedRole => {
    const name = mapped(role.name)
    return {
      ...{ name, state: stateOf(name), password: passwordOf(role, name) },
      connectionLimit: role.connectionLimit,
      memberOf: role.memberOf.map(mapped).filter((of) => names.has(of) && of !== name),
    }
  })
  const nobody = { password: null, connectionLimit: -1, memberOf: [] }
  const byAccount: PlannedRole = roles.find(({ name }) => name === account) ?? {
    ...{ name: account, state: stateOf(account) },
    ...nobody,
  }
  const ownerOf: PlannedRoles['ownerOf'] = ({ from, to }) => {
    const live = server.databases.find(({ name }) => name === to)
    if (live !== undefined && stateOf(live.owner) === 'exists') return live.owner
    const owner = archive.databases.get(from)?.owner
    const planned = roles.find(({ name }) => owner !== undefined && name === mapped(owner))
    if (planned !== undefined && planned.state !== 'others') return planned.name
    return byAccount.state === 'others' ? null : account
  }
  const needed = databases.some((database) => ownerOf(database) === account)
  const all = needed && !roles.includes(byAccount) ? [...roles, byAccount] : roles
  return { roles: all, ownerOf }
}
