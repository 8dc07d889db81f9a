import { advisedError } from '../../advised-error.ts'
import { advise } from '../../../../shared/advice.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { MapOverride, RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import { overridesOf } from '../mapping/overrides.ts'
import type { AccountRoom } from './room.ts'

/** Numbers that mean nobody, or "no change", to some program. */
const special: ReadonlySet<number> = new Set([65_534, 65_535, 4_294_967_294, 4_294_967_295])

/** Where a server stops giving numbers to people by itself (UID_MAX). */
const highest = 60_000

/** Numbers that nobody has, in the order in which useradd gives them: above the highest, then the lowest free one. */
export function freeId(taken: ReadonlySet<number>, lowest: number): number {
  const inRange = [...taken].filter((id) => id >= lowest && id < highest)
  const next = Math.max(lowest - 1, ...inRange) + 1
  if (next < highest) return next
  for (let id = lowest; id < highest; id += 1) if (!taken.has(id)) return id
  throw new AppError(
    'conflict',
    `The server has no number left for a new account, from ${lowest} to ${highest}. Nothing was changed; remove accounts that are not needed.`,
  )
}

/** The numbers of an account that is to be made, and whether its group is one that the server has. */
export interface NewIds {
  readonly uid: number
  readonly gid: number
  /** Primary group by name. */
  readonly group: string
  readonly makesGroup: boolean
}

interface Wanted {
  readonly mapping: Pick<RestoreMapping, 'user' | 'uid' | 'gid'>
  /** The primary group in the backup; null where that does not say. */
  readonly group: string | null
  /** Whether the archive may put an account into a group of the system. */
  readonly trusted: boolean
  readonly uidMin: number
  readonly overrides: readonly MapOverride[]
}

/**
 * Which numbers an account gets: those of the backup where they are free and in the range of people, else new ones;
 * `--map uid:OLD=NEW` and `gid:OLD=NEW` win, also where they are taken, which the plan then refuses. Its primary group
 * is one of its own with its name, or the one of the backup where that had another name and the server has it too.
 */
export function newIds(
  { mapping, group, trusted, uidMin, overrides }: Wanted,
  { users, groups }: Pick<AccountRoom, 'users' | 'groups'>,
): NewIds {
  const given = (kind: 'uid' | 'gid', id: number): number | null => {
    const text = overridesOf(kind, [String(id)], overrides).get(String(id))
    if (text === undefined) return null
    const wanted = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0
    if (wanted >= uidMin && wanted < 4_294_967_294 && !special.has(wanted)) return wanted
    throw advisedError(
      'invalid-input',
      advise`${text} is no number that an account can have there as its ${kind}; it takes one from ${String(uidMin)} on. Nothing was changed; give another ${{ way: 'rename', kind, from: String(id) }}, or none.`,
    )
  }
  const uids = new Set(users.map(({ uid }) => uid))
  const gids = new Set([...groups.map(({ gid }) => gid), ...users.map(({ gid }) => gid)])
  const keeps = (id: number, taken: ReadonlySet<number>) => id >= uidMin && !special.has(id) && !taken.has(id)
  const own = mapping.uid.from
  const uid = given('uid', own) ?? (keeps(own, uids) ? own : freeId(new Set([...uids, ...gids]), uidMin))
  const shared = group === null || group === mapping.user.from ? undefined : named(groups, group)
  if (shared !== undefined && (shared.gid >= uidMin || trusted) && !isPowerful(shared.name)) {
    return { uid, gid: shared.gid, group: shared.name, makesGroup: false }
  }
  const its = mapping.gid.from
  const another = () => (gids.has(uid) ? freeId(new Set([...uids, ...gids, uid]), uidMin) : uid)
  const gid = given('gid', its) ?? (keeps(its, gids) ? its : another())
  return { uid, gid, group: mapping.user.to, makesGroup: true }
}

function named<T extends { readonly name: string }>(list: readonly T[], wanted: string): T | undefined {
  return list.find(({ name }) => name === wanted)
}

/** Groups that make their members masters of a server, by names that are common for them. */
const powerful: ReadonlySet<string> = new Set([
  ...['root', 'sudo', 'wheel', 'admin', 'adm', 'shadow', 'disk', 'kmem', 'docker', 'lxd', 'libvirt', 'staff'],
  ...['systemd-journal', 'mysql', 'postgres', 'incus-admin', 'podman', 'kvm'],
])

/** Whether members of a group can become root, or read what only root may. */
export function isPowerful(group: string): boolean {
  return powerful.has(group)
}
