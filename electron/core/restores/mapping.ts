import { advisedError } from '../advised-error.ts'
import { advise } from '../../../shared/advice.ts'
import { AppError } from '../../../shared/errors.ts'
import type {
  MapOverride,
  MappedDatabase,
  MappedDomain,
  RestoreMapping,
} from '../../../shared/model/restore-mapping.ts'
import type { ArchiveAccount, NamedDatabase, TargetAccount } from './mapping/account-facts.ts'
import { mapPath, mapRemoteName } from './mapping/map-path.ts'
import { checkDatabaseNames, checkDomain, checkHome, checkUserName } from './mapping/new-names.ts'
import { overridesOf } from './mapping/overrides.ts'

interface DeriveOptions {
  readonly archive: ArchiveAccount
  /** Databases and their users that the archive holds. */
  readonly databases: readonly NamedDatabase[]
  readonly databaseUsers: readonly NamedDatabase[]
  /** The account to restore into, or null where it is yet to be made. */
  readonly target: TargetAccount | null
  /** Whether the target is the very account that was backed up, on its own server. */
  readonly sameAccount: boolean
  readonly overrides?: readonly MapOverride[]
  /** Databases and users at the target that belong to others and must not be replaced. */
  readonly taken?: {
    readonly databases: readonly NamedDatabase[]
    readonly users: readonly NamedDatabase[]
  }
}

/**
 * The mapping table of a restore. Into the same account nothing changes its name. Into another, the target's user,
 * ids and home stand for the old ones, databases and their users called `old` or `old_…` become `new` or `new_…`,
 * other names, further paths and domains stay; overrides win. A new account keeps its ids. Throws `invalid-input`
 * for overrides of names that are not there, for names that cannot be or would be given twice, and `conflict` for
 * names that another account has.
 */
export function deriveMapping(options: DeriveOptions): RestoreMapping {
  const { archive, databases, databaseUsers, target, sameAccount, overrides = [], taken } = options
  const user = { from: archive.name, to: newUser(archive, target, overrides) }
  const home = { from: archive.home, to: newHome(archive, target, user.to, overrides) }
  const rename = (kind: 'db' | 'dbuser', rows: readonly NamedDatabase[]): MappedDatabase[] => {
    const names = rows.map(({ name }) => name)
    const given = overridesOf(kind, names, overrides)
    return rows.map(({ engine, name }) => ({
      engine,
      from: name,
      to: given.get(name) ?? (sameAccount ? name : prefixed(name, user)),
    }))
  }
  const mapping: RestoreMapping = {
    user,
    uid: { from: archive.uid, to: target?.uid ?? archive.uid },
    gid: { from: archive.gid, to: target?.gid ?? archive.gid },
    home,
    paths: archive.documentRoots
      .filter((path) => path !== home.from && !path.startsWith(`${home.from}/`))
      .map((path) => ({ from: path, to: path })),
    databases: rename('db', databases),
    databaseUsers: rename('dbuser', databaseUsers),
    domains: [],
  }
  checkDatabaseNames('db', mapping.databases, taken?.databases ?? [])
  checkDatabaseNames('dbuser', mapping.databaseUsers, taken?.users ?? [])
  return { ...mapping, domains: domainRows(archive, mapping, overrides) }
}

function newUser(
  { name }: ArchiveAccount,
  target: TargetAccount | null,
  overrides: readonly MapOverride[],
): string {
  const given = overridesOf('user', [name], overrides).get(name)
  if (target === null) {
    if (given !== undefined) checkUserName(given)
    return given ?? name
  }
  if (given === undefined || given === target.name) return target.name
  throw new AppError(
    'invalid-input',
    `The target is the account ${target.name}, but --map calls it ${given}. Nothing was changed; name the other account as the target.`,
  )
}

function newHome(
  { name, home }: ArchiveAccount,
  target: TargetAccount | null,
  user: string,
  overrides: readonly MapOverride[],
): string {
  const given = overridesOf('home', [home], overrides).get(home)
  if (given !== undefined) checkHome(given)
  if (target !== null) {
    if (given === undefined || given === target.home) return target.home
    throw new AppError(
      'invalid-input',
      `The home of ${target.name} is ${target.home}, and a restore does not move it. Nothing was changed; leave --map home out.`,
    )
  }
  if (given !== undefined || user === name) return given ?? home
  return home.endsWith(`/${name}`) ? `${home.slice(0, -name.length)}${user}` : home
}

function prefixed(name: string, user: { readonly from: string; readonly to: string }): string {
  const own = name === user.from || name.startsWith(`${user.from}_`)
  return own ? `${user.to}${name.slice(user.from.length)}` : name
}

/** The folders whose last segment is the domain; below the home they follow it. */
function domainRows(
  archive: ArchiveAccount,
  mapping: RestoreMapping,
  overrides: readonly MapOverride[],
): MappedDomain[] {
  const names = [...new Set(archive.mailboxes.flatMap(({ domain }) => domain ?? []))].sort()
  const given = overridesOf('domain', names, overrides)
  const rows = names.map((from) => {
    const to = given.get(from) ?? from
    if (to !== from) checkDomain(to)
    const boxes = archive.mailboxes.filter(({ domain }) => domain === from)
    const folders = new Set(boxes.flatMap(({ path }) => domainFolder(path, from) ?? []))
    const paths = [...folders].sort().map((folder) => ({
      from: folder,
      to: `${mapRemoteName(mapping, folder).slice(0, -from.length)}${to}`,
    }))
    return { from, to, paths }
  })
  const twice = rows.find((row, at) => rows.findIndex(({ to }) => to === row.to) !== at)
  if (twice === undefined) return rows
  throw advisedError(
    'invalid-input',
    advise`Two mail domains would both be called ${twice.to}. Nothing was changed; give one another name ${{ way: 'rename', kind: 'domain', from: twice.from }}.`,
  )
}

function domainFolder(path: string, domain: string): string | null {
  const at = `${path}/`.lastIndexOf(`/${domain}/`)
  return at < 0 ? null : path.slice(0, at + 1 + domain.length)
}

/** Who owns at the target what `uid` and `gid` owned; `own` where it is the account itself. Others keep their ids. */
export function mapOwner(
  mapping: RestoreMapping,
  owner: { readonly uid: number; readonly gid: number },
): { readonly uid: number; readonly gid: number; readonly own: boolean } {
  const uid = owner.uid === mapping.uid.from ? mapping.uid.to : owner.uid
  const gid = owner.gid === mapping.gid.from ? mapping.gid.to : owner.gid
  return { uid, gid, own: owner.uid === mapping.uid.from && owner.gid === mapping.gid.from }
}

/** The new name of a database (`databases`) or of a database user (`databaseUsers`), or null where it has no row. */
export function mapDatabase(rows: readonly MappedDatabase[], { engine, name }: NamedDatabase): string | null {
  return rows.find((row) => row.engine === engine && row.from === name)?.to ?? null
}

/** The same table read from the target to the backup. */
export function inverseMapping(mapping: RestoreMapping): RestoreMapping {
  const turn = <T extends { from: unknown; to: unknown }>(row: T): T => ({
    ...row,
    from: row.to,
    to: row.from,
  })
  return {
    user: turn(mapping.user),
    uid: turn(mapping.uid),
    gid: turn(mapping.gid),
    home: turn(mapping.home),
    paths: mapping.paths.map(turn),
    databases: mapping.databases.map(turn),
    databaseUsers: mapping.databaseUsers.map(turn),
    domains: mapping.domains.map((row) => ({ ...turn(row), paths: row.paths.map(turn) })),
  }
}

export { mapPath }
