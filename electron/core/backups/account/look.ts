import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { SourceMailbox, AccountSource } from '../../../../shared/model/source.ts'
import type { Survey } from '../../../../shared/model/server.ts'
import type { AccountQuota, HomeFolder } from '../../archive/account-document.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import { isWithin } from '../../sources/findings.ts'
import { parseGroups, type GroupEntry } from '../../sources/passwd.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import { addressOf } from './address.ts'
import { parseQuota } from './quota.ts'

/** Fields that Dovecot has of one user: home, mail, uid, gid, quota_rule … */
export type DovecotUser = ReadonlyMap<string, string>

/** What a server tells of one account when it is asked for a backup. */
export interface AccountLook {
  readonly groups: readonly GroupEntry[]
  readonly homeFolder: HomeFolder | null
  readonly quota: readonly AccountQuota[] | null
  readonly linger: boolean
  readonly panelVersion: string | null
  /** By address. Only mailboxes that are this account's by the mail server's own word, or by where they lie. */
  readonly dovecot: ReadonlyMap<string, DovecotUser>
  /** Names of the mailboxes' owners by `UID:GID`, `RemoteName`s; empty where an id has none. */
  readonly mailOwners: ReadonlyMap<string, { readonly owner: string; readonly group: string }>
}

function text(field: Buffer | undefined): string {
  return field?.toString('utf8') ?? ''
}

/** `doveadm user NAME`: a line for each field, its name and value parted by a tab. */
function dovecotUser(output: string): DovecotUser {
  const pairs = output.split('\n').map((line) => line.split('\t'))
  return new Map(
    pairs.flatMap(([key = '', value]) => (value === undefined || key === 'field' ? [] : [[key, value]])),
  )
}

/**
 * A folder in a home proves nothing: a tenant can make one with any name. There, Dovecot must say itself that the
 * user of this name has its home or its mail in the home of the account.
 */
function isOwn(box: SourceMailbox, user: DovecotUser, { home }: AccountSource): boolean {
  if (!box.insideHome) return true
  const place = user.get('home') ?? ''
  const mail = (user.get('mail') ?? user.get('mail_path') ?? '').replace(/^[a-z]+:/, '').split(':')[0] ?? ''
  return [place, mail.replace(/^~(?=\/|$)/, place)].some((path) => isWithin(path, home))
}

/** Asks about one account. What the server does not tell is null or absent. Throws what the connection throws. */
export async function lookAtAccount(
  shell: RemoteShell,
  source: AccountSource,
  { panel, signal }: { readonly panel: Survey['panel']; readonly signal: AbortSignal },
): Promise<AccountLook> {
  const { name: user, uid, gid, home } = source
  const ids = new Set(source.mailboxes.map((box) => `${box.uid}:${box.gid}`))
  const values = {
    ...{ user, uid, gid, home: fromRemoteName(home), panel: panel ?? '' },
    mail_owners: [...ids].join(' '),
  }
  const args = source.mailboxes.map((box) => fromRemoteName(addressOf(box)))
  const records = parseRecords((await shell.run('account-look', { values, args, signal })).output)
  const [group] = recordsOf(records, 'group', 1)
  const [folder] = recordsOf(records, 'home', 5)
  const [acl] = recordsOf(records, 'acl', 1)
  const [quota] = recordsOf(records, 'quota', 1)
  const [version] = recordsOf(records, 'panel-version', 1)
  const answers = new Map(
    recordsOf(records, 'mailbox', 2).map(([address, fields]) => [text(address), dovecotUser(text(fields))]),
  )
  const [mode, homeUid, homeGid, owner, ownerGroup] = folder?.map(text) ?? []
  return {
    groups: parseGroups(group?.[0] ?? Buffer.alloc(0)).filter(({ name }) => source.groups.includes(name)),
    homeFolder:
      mode === undefined
        ? null
        : {
            ...{
              mode,
              uid: Number(homeUid),
              gid: Number(homeGid),
              owner: owner ?? '',
              group: ownerGroup ?? '',
            },
            acl: acl === undefined ? null : text(acl[0]).split('\n').filter(Boolean),
          },
    quota: parseQuota(text(quota?.[0])),
    linger: recordsOf(records, 'linger', 0).length > 0,
    panelVersion: version === undefined ? null : text(version[0]),
    mailOwners: new Map(
      recordsOf(records, 'mail-owner', 3).map((fields) => {
        const [id = '', owner = '', group = ''] = fields.map((field) => toRemoteName(field))
        return [id, { owner, group }]
      }),
    ),
    dovecot: new Map(
      source.mailboxes.flatMap((box) => {
        const known = answers.get(addressOf(box))
        return known !== undefined && isOwn(box, known, source) ? [[addressOf(box), known]] : []
      }),
    ),
  }
}
