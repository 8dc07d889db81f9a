/** What is taken away from an entry before it is put. */
export type Stripped =
  'setuid' | 'setgid' | 'sticky' | 'capabilities' | 'attributes' | 'label' | 'acl' | 'owner'

/** The records of an entry, sorted: what a second step may set, and what is dropped. */
export interface SortedRecords {
  readonly access: string | null
  readonly defaults: string | null
  /** By name, such as `user.comment`. */
  readonly xattrs: ReadonlyMap<string, Buffer>
  readonly stripped: readonly Stripped[]
}

const prefix = 'SCHILY.xattr.'
const aclLine =
  /^\s*(?:d(?:efault)?:)?(?:(?:u(?:ser)?|g(?:roup)?):[^:,\s\0]*|(?:m(?:ask)?|o(?:ther)?):?):[rwxXst-]{1,5}(?::[0-9]{1,10})?(?:\s+#effective:[rwx-]{3})?\s*$/

/** Whether a record is a list of ACL entries and nothing else. */
export function isAclText(text: string): boolean {
  const lines = text.split(/[\n,]/).filter((line) => line.trim() !== '')
  return lines.length > 0 && lines.length <= 1000 && lines.every((line) => aclLine.test(line))
}

/**
 * Sorts the raw pax records of an entry. An archive that is not `trusted` brings `user.*` attributes and ACLs, no
 * capabilities, no other namespace. SELinux labels belong to the server and are dropped, as are the raw copies of ACLs
 * that GNU tar writes as attributes: the ACL's own record has them.
 */
export function sortRecords(
  pax: ReadonlyMap<string, Buffer> | undefined,
  { trusted }: { readonly trusted: boolean },
): SortedRecords {
  const stripped = new Set<Stripped>()
  const xattrs = new Map<string, Buffer>()
  const acl = (key: string): string | null => {
    const bytes = pax?.get(key)
    if (bytes === undefined || bytes.length === 0) return null
    const text = bytes.toString()
    if (isAclText(text)) return text
    stripped.add('acl')
    return null
  }
  for (const [key, value] of pax ?? []) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : null
    if (key === 'RHT.security.selinux' || name === 'security.selinux') stripped.add('label')
    else if (name === null || /^system\.posix_acl_(access|default)$/.test(name)) continue
    else if (name.startsWith('user.') && name.length > 5 && !/[\0\n]/.test(name)) xattrs.set(name, value)
    else if (trusted && /^(security|trusted)\.[\x21-\x7e]+$/.test(name)) xattrs.set(name, value)
    else stripped.add(name === 'security.capability' ? 'capabilities' : 'attributes')
  }
  return {
    access: acl('SCHILY.acl.access'),
    defaults: acl('SCHILY.acl.default'),
    xattrs,
    stripped: [...stripped],
  }
}

/** The special bits of a mode, by name. */
export function specialBits(mode: number): Stripped[] {
  return [
    ...(mode & 0o4000 ? (['setuid'] as const) : []),
    ...(mode & 0o2000 ? (['setgid'] as const) : []),
    ...(mode & 0o1000 ? (['sticky'] as const) : []),
  ]
}
