import { isWithin } from './findings.ts'
import { isNologin } from './passwd.ts'
import type { Evidence, SourceMailbox } from '../../../shared/model/source.ts'
import type { FoundMailbox } from './findings.ts'
import type { PasswdEntry } from './passwd.ts'

/** A mailbox that the server's tools or folders show: a Maildir, sdbox or mdbox folder, or an mbox file. */
export interface MaildirFacts {
  readonly domain: string | null
  readonly name: string
  readonly path: string
  readonly uid: number
  readonly gid: number
}

/** What a virtual domain's owner is decided by. */
export interface MailOwners {
  readonly accounts: readonly PasswdEntry[]
  /** Domains of an account's virtual hosts, each with the file that names it. */
  readonly domainsOf: (account: string) => ReadonlyMap<string, string>
}

/**
 * Mailboxes of a block list as `doveadm user NAME…` prints it, in the order of `names`. Null where the blocks and
 * the names do not agree. Names that have no folder of their own are left out and counted in `others`.
 */
export function dovecotMailboxes(
  names: readonly string[],
  blocks: string,
): { maildirs: MaildirFacts[]; others: string[] } | null {
  const users: Map<string, string>[] = []
  for (const line of blocks.split('\n')) {
    const [key, value] = /^(\S+)\t(.*)$/.exec(line)?.slice(1) ?? []
    if (key === undefined || value === undefined || (key === 'field' && value === 'value')) continue
    if (key === 'uid') users.push(new Map())
    users.at(-1)?.set(key, value)
  }
  if (users.length !== names.length) return null
  const others: string[] = []
  const maildirs = users.flatMap((user, index): MaildirFacts[] => {
    const full = names[index] ?? ''
    const location = /^(?:maildir|[ms]dbox):([^:]+)/.exec(user.get('mail') ?? '')?.[1]
    const path = location?.replace(/^~(?=\/|$)/, user.get('home') ?? '~')
    const at = full.lastIndexOf('@')
    if (path === undefined || !path.startsWith('/') || /[%~]/.test(path)) {
      others.push(full)
      return []
    }
    return [
      {
        domain: at < 0 ? null : full.slice(at + 1).toLowerCase(),
        name: at < 0 ? full : full.slice(0, at),
        path: path.replace(/\/+$/, ''),
        uid: Number(user.get('uid')),
        gid: Number(user.get('gid')),
      },
    ]
  })
  return { maildirs, others }
}

/** The mailbox that a Maildir in a home is, by its place there; null where it is not one of the known places. */
export function homeMaildir(account: PasswdEntry, path: string): MaildirFacts | null {
  const inside = path.slice(account.home.replace(/\/+$/, '').length + 1)
  const owner = { path, uid: account.uid, gid: account.gid }
  if (inside === 'Maildir' || inside === '.maildir') return { domain: null, name: account.name, ...owner }
  const [, domain, name] =
    /^(?:mail\/([^/]+)\/([^/]+)|imap\/([^/]+)\/([^/]+)\/Maildir)$/.exec(inside)?.filter(Boolean) ?? []
  if (domain !== undefined && name !== undefined) return { domain: domain.toLowerCase(), name, ...owner }
  const unix = /^homes\/([^/]+)\/Maildir$/.exec(inside)?.[1]
  return unix === undefined ? null : { domain: null, name: unix, ...owner }
}

function ownersOf(box: MaildirFacts, owners: MailOwners): { account: string; evidence: Evidence[] }[] {
  const { domain } = box
  const byHost = owners.accounts.filter(
    (account) => domain !== null && owners.domainsOf(account.name).has(domain),
  )
  const byHome = owners.accounts.filter((account) => isWithin(box.path, account.home))
  const byUser = owners.accounts.filter((account) =>
    domain === null ? account.name === box.name : account.uid === box.uid,
  )
  const mailbox = domain === null ? box.name : `${box.name}@${domain}`
  if (byHome.length > 0) return byHome.map(({ name }) => ({ account: name, evidence: [{ kind: 'home' }] }))
  if (byHost.length > 0 && domain !== null) {
    return byHost.map(({ name }) => ({
      account: name,
      evidence: [
        { kind: 'virtual-host', path: owners.domainsOf(name).get(domain) ?? box.path, names: [domain] },
      ],
    }))
  }
  return byUser.map(({ name }) => ({ account: name, evidence: [{ kind: 'mail-user', mailbox }] }))
}

/**
 * Whether a user is there to own the server's virtual mail and nothing else: no login, and mail of domains under its
 * uid. Such mail belongs to whoever has the domain, not to a source of its own.
 */
export function isMailKeeper(user: PasswdEntry, maildirs: readonly MaildirFacts[]): boolean {
  return isNologin(user.shell) && maildirs.some((box) => box.domain !== null && box.uid === user.uid)
}

/**
 * Who holds which mailbox. A virtual domain belongs to the account in whose home it lies, else to the account whose
 * virtual host has that domain, else to the account whose uid the mail has. Of one folder the first fact counts.
 */
export function assignMailboxes(facts: readonly MaildirFacts[], owners: MailOwners): FoundMailbox[] {
  const byPath = new Map<string, MaildirFacts>()
  for (const box of facts) if (!byPath.has(box.path)) byPath.set(box.path, box)
  return [...byPath.values()].map((box) => ({ ...box, owners: ownersOf(box, owners) }))
}

/** The mailboxes of one account, as its source lists them; a second one of the same address is left to its folder. */
export function mailboxesOf(account: PasswdEntry, mailboxes: readonly FoundMailbox[]): SourceMailbox[] {
  const taken = new Set<string>()
  return mailboxes.flatMap((box) => {
    const owner = box.owners.find((one) => one.account === account.name)
    const address = `${box.name}@${box.domain ?? ''}`
    if (owner === undefined || taken.has(address)) return []
    taken.add(address)
    const { domain, name, path, uid, gid } = box
    return [
      {
        domain,
        name,
        path,
        uid,
        gid,
        insideHome: isWithin(path, account.home),
        evidence: [...owner.evidence],
      },
    ]
  })
}
