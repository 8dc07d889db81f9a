import { toRemoteName } from '../../../shared/remote-name.ts'

/** One line of the user database. Homes are bytes in `RemoteName` form. */
export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly gecos: string
  readonly home: string
  readonly shell: string
}

/** One line of the group database. */
export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

const nobody = 65534
const highestUid = 60_000

function fieldsOf(line: Buffer): string[] {
  return toRemoteName(line).split(':')
}

function linesOf(text: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let at = 0; at < text.length;) {
    const end = text.indexOf(10, at)
    const stop = end < 0 ? text.length : end
    if (stop > at) lines.push(text.subarray(at, stop))
    at = stop + 1
  }
  return lines
}

/** Parses `getent passwd`. Lines that are not entries (NIS markers and the like) are passed over; of a name, the first counts. */
export function parsePasswd(text: Buffer): PasswdEntry[] {
  const seen = new Set<string>()
  return linesOf(text).flatMap((line) => {
    const [name = '', , uid = '', gid = '', gecos = '', home = '', shell = ''] = fieldsOf(line)
    if (name === '' || seen.has(name) || !/^[0-9]+$/.test(uid) || !/^[0-9]+$/.test(gid)) return []
    seen.add(name)
    return [{ name, uid: Number(uid), gid: Number(gid), gecos, home, shell }]
  })
}

/** Parses `getent group`. */
export function parseGroups(text: Buffer): GroupEntry[] {
  return linesOf(text).flatMap((line) => {
    const [name = '', , gid = '', members = ''] = fieldsOf(line)
    if (name === '' || !/^[0-9]+$/.test(gid)) return []
    return [{ name, gid: Number(gid), members: members.split(',').filter(Boolean) }]
  })
}

/** Names of an account's groups, the primary one first; a primary group without a name stands as its number. */
export function groupsOf(account: PasswdEntry, groups: readonly GroupEntry[]): string[] {
  const primary = groups.find((group) => group.gid === account.gid)?.name ?? String(account.gid)
  const further = groups.filter((group) => group.members.includes(account.name)).map((group) => group.name)
  return [...new Set([primary, ...further])]
}

/** Whether nobody can log in with this shell. */
export function isNologin(shell: string): boolean {
  return /\/(nologin|false)$/.test(shell)
}

/**
 * Which users are hosting accounts: those in the range that the server gives to people, and any other that has
 * something of its own to lose (`hasData`), whatever its uid or shell. Never root, never nobody.
 */
export function selectAccounts(
  users: readonly PasswdEntry[],
  options: { readonly uidMin: number; readonly hasData: (user: PasswdEntry) => boolean },
): PasswdEntry[] {
  return users.filter((user) => {
    if (user.uid === 0 || user.uid === nobody) return false
    return (user.uid >= options.uidMin && user.uid < highestUid) || options.hasData(user)
  })
}
