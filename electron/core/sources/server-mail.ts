import { toRemoteName } from '../../../shared/remote-name.ts'
import { dovecotMailboxes } from './mail.ts'
import { recordsOf } from './records.ts'
import type { DiscoveryNote, SourceMailbox, SourcePath, Unanswered } from '../../../shared/model/source.ts'
import type { MaildirFacts } from './mail.ts'
import type { PasswdEntry } from './passwd.ts'
import type { DiscoveryRecord } from './records.ts'

/** A mailbox in one file, as the system keeps it in `/var/mail`. */
export interface MboxFacts {
  readonly user: string
  readonly path: string
}

/** The mailboxes in single files of these accounts. */
export function mboxesOf(accounts: readonly PasswdEntry[], mboxes: readonly MboxFacts[]): MaildirFacts[] {
  return accounts.flatMap(({ name, uid, gid }) =>
    mboxes.filter(({ user }) => user === name).map(({ path }) => ({ domain: null, name, path, uid, gid })),
  )
}

/** Those of one account that are not among its mailboxes, because it has a Maildir, as further paths. */
export function mboxPathsOf(
  { name }: PasswdEntry,
  mboxes: readonly MboxFacts[],
  mailboxes: readonly SourceMailbox[],
): SourcePath[] {
  return mboxes
    .filter(({ user, path }) => user === name && !mailboxes.some((box) => box.path === path))
    .map(({ path }) => ({ path, evidence: [{ kind: 'mail-user', mailbox: name }] }))
}

/**
 * The mail that `discover.sh` saw outside the homes: what Dovecot says first, then the folders that such servers
 * use. Mailboxes that have no folder of their own are named in a note.
 */
export function mailOutsideHomes(records: readonly DiscoveryRecord[]): {
  maildirs: MaildirFacts[]
  mboxes: MboxFacts[]
  notes: DiscoveryNote[]
  failed: Unanswered[]
} {
  const notes: DiscoveryNote[] = []
  const failed: Unanswered[] = []
  const names = recordsOf(records, 'dovecot-names', 1).flatMap(
    ([list]) => list?.toString('utf8').split('\n') ?? [],
  )
  const blocks = recordsOf(records, 'dovecot-users', 1).map(([list]) => list?.toString('utf8') ?? '')
  const dovecot = dovecotMailboxes(names.filter(Boolean), blocks.join('\n'))
  if (dovecot === null)
    failed.push({
      ...{ kind: 'mail', path: 'dovecot' },
      why: 'Dovecot did not describe all of its mailboxes; only those in known folders are listed.',
    })
  for (const other of dovecot?.others ?? []) {
    notes.push({
      path: other,
      why: 'Dovecot keeps this mailbox in no folder of its own; it is not collected as mail.',
    })
  }
  const folders = recordsOf(records, 'maildir', 6).map(([, domain, name, path, uid, gid]): MaildirFacts => {
    const [domainName, boxName, pathName] = [domain, name, path].map((field) =>
      toRemoteName(field ?? Buffer.alloc(0)),
    )
    return {
      domain: (domainName ?? '').toLowerCase(),
      name: boxName ?? '',
      path: pathName ?? '',
      uid: Number(uid?.toString('latin1')),
      gid: Number(gid?.toString('latin1')),
    }
  })
  const mboxes = recordsOf(records, 'mbox', 3).map(([user, path]) => ({
    user: toRemoteName(user ?? Buffer.alloc(0)),
    path: toRemoteName(path ?? Buffer.alloc(0)),
  }))
  return { maildirs: [...(dovecot?.maildirs ?? []), ...folders], mboxes, notes, failed }
}
