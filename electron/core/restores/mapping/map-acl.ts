import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'

/** A line or comma-separated entry: `[default:](user|group):QUALIFIER:PERMISSIONS[:ID]`, short forms too. */
const entry = /^(\s*(?:d(?:efault)?:)?)(u(?:ser)?|g(?:roup)?):([^:\s]+):([^:\s#]*)(?::([0-9]+))?(.*)$/

/**
 * The text of a `SCHILY.acl.access` or `SCHILY.acl.default` record with the account's user and group, by name or by
 * number, replaced by the target's; the fourth field with the number, which star adds, follows. The group is the
 * account's own where it has the user's name or the gid. Others, and separators (newlines as GNU tar writes them,
 * commas as star and bsdtar do), stay.
 */
export function mapAcl({ user, uid, gid }: RestoreMapping, text: string): string {
  return text
    .split(/([\n,])/)
    .map((part) => {
      const [, lead, tag, who = '', permissions, id, rest] = entry.exec(part) ?? []
      if (lead === undefined || tag === undefined || permissions === undefined) return part
      const ids = tag.startsWith('u') ? uid : gid
      const numeric = /^[0-9]+$/.test(who)
      const own = who === user.from || (numeric && Number(who) === ids.from)
      const name = own ? (numeric ? String(ids.to) : user.to) : who
      const number = id === undefined ? '' : own || Number(id) === ids.from ? `:${ids.to}` : `:${id}`
      return `${lead}${tag}:${name}:${permissions}${number}${rest ?? ''}`
    })
    .join('')
}
