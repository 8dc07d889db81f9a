import type { MapOverride } from '../../../../shared/model/restore-mapping.ts'
import { freeId, type NewIds } from '../account/ids.ts'
import type { AccountRoom } from '../account/room.ts'

/** An account that is to be made beside others: its numbers in the backup, and those that it would get alone. */
export interface WantedIds {
  readonly account: string
  readonly from: { readonly uid: number; readonly gid: number }
  readonly ids: NewIds
}

/**
 * Which accounts need other numbers than their own, by account, as overrides. No two get the same, and none the one that
 * another keeps, in whatever order they are made.
 */
export function serverIds(
  wanted: readonly WantedIds[],
  { users, groups }: Pick<AccountRoom, 'users' | 'groups'>,
  { uidMin }: { readonly uidMin: number },
): ReadonlyMap<string, readonly MapOverride[]> {
  const uids = new Set(users.map(({ uid }) => uid))
  const gids = new Set([...groups, ...users].map(({ gid }) => gid))
  const claim = (taken: Set<number>, id: number): boolean => {
    if (taken.has(id)) return false
    taken.add(id)
    return true
  }
  const kept = wanted.map((one) => ({
    ...one,
    keepsUid: one.ids.uid === one.from.uid && claim(uids, one.from.uid),
    keepsGid: !one.ids.makesGroup || (one.ids.gid === one.from.gid && claim(gids, one.from.gid)),
  }))
  const overrides = new Map<string, readonly MapOverride[]>()
  for (const { account, from, keepsUid, keepsGid } of kept) {
    const uid = keepsUid ? from.uid : freeId(new Set([...uids, ...gids]), uidMin)
    uids.add(uid)
    const gid = keepsGid ? from.gid : gids.has(uid) ? freeId(new Set([...uids, ...gids]), uidMin) : uid
    if (!keepsGid) gids.add(gid)
    const given: MapOverride[] = [
      ...(keepsUid ? [] : [{ kind: 'uid' as const, rename: `${from.uid}=${uid}` }]),
      ...(keepsGid ? [] : [{ kind: 'gid' as const, rename: `${from.gid}=${gid}` }]),
    ]
    if (given.length > 0) overrides.set(account, given)
  }
  return overrides
}
