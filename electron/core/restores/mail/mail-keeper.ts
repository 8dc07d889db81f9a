import type { SourceMailbox } from '../../../../shared/model/source.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { addressOf } from '../../backups/account/address.ts'
import { absolute } from '../../collectors/files/roots.ts'
import { dovecotMailboxes } from '../../sources/mail.ts'
import { isNologin, parseGroups, parsePasswd, type PasswdEntry } from '../../sources/passwd.ts'
import { isWithin } from '../mapping/map-path.ts'
import type { PlanContext } from '../restore-context.ts'
import type { WantedMailbox } from './wanted-mailboxes.ts'

/** What the target says of a mailbox whose folder it does not have. */
export interface MailKeeper {
  /** The mailbox as Dovecot has it already; null where it does not know it. */
  readonly dovecots: SourceMailbox | null
  readonly hasDovecot: boolean
  /** Who may own the mail; null where nobody there is known to. */
  readonly owner: { readonly uid: number; readonly gid: number; readonly name: string } | null
  /** A user of that name who is none to own mail: root, one that logs in, or an account. */
  readonly refused: string | null
}

/** Whether a user of the target can own mail of others: a user of the system, or what no account has anything else of. */
function mayKeep({ uid, name, shell }: PasswdEntry, { target, mapping }: PlanContext): boolean {
  if (uid === 0) return false
  if (name === mapping.user.to && target.source?.uid === uid) return true
  if (!isNologin(shell)) return false
  const source = target.look.sources.find((one) => one.uid === uid)
  return source === undefined || (source.sites.length === 0 && source.databases.length === 0)
}

/**
 * Asks the target about a mailbox: Dovecot's own word counts first, then the user who bears the name that the mail's
 * owner had, and for archives that lack the name the one with the number. Archives that are not ours name nobody.
 */
export async function askForKeeper(context: PlanContext, wanted: WantedMailbox): Promise<MailKeeper> {
  const { target, archive, signal, mapping } = context
  const { to } = wanted
  const archived = archive.trusted ? wanted.archived : null
  const bytes = (name: string) => fromRemoteName(name)
  const { facts } = await target.shell.run('mail-keeper', {
    values: {
      address: bytes(addressOf(to)),
      owner: bytes(archived?.owner ?? ''),
      group: bytes(archived?.group ?? ''),
      uid: archived?.uid ?? 0,
    },
    signal,
  })
  const text = (name: string) => Buffer.from(facts.get(name) ?? '')
  const [told] = dovecotMailboxes([addressOf(to)], text('dovecot').toString())?.maildirs ?? []
  const dovecots =
    told === undefined || to.domain === null
      ? null
      : {
          ...told,
          ...{ domain: to.domain, name: to.name, evidence: [] },
          insideHome: isWithin(absolute(mapping.home.to), absolute(told.path)),
        }
  const [named] = parsePasswd(text('named')).filter(({ name }) => name === archived?.owner)
  const numbered = parsePasswd(text('numbered')).filter(({ uid }) => uid === archived?.uid)
  const entry = named ?? ((archived?.owner ?? '') === '' ? numbered[0] : undefined)
  const [group] = parseGroups(text('group')).filter(({ name }) => name === archived?.group)
  const may = entry !== undefined && mayKeep(entry, context)
  const isMember = group !== undefined && entry !== undefined && group.members.includes(entry.name)
  return {
    ...{ dovecots, hasDovecot: facts.get('has_dovecot') === '1' },
    owner: may ? { uid: entry.uid, gid: isMember ? group.gid : entry.gid, name: entry.name } : null,
    refused: entry === undefined || may ? null : entry.name,
  }
}
