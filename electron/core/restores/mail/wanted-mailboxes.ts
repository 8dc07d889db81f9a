import type { SourceMailbox } from '../../../../shared/model/source.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { AccountMailbox } from '../../archive/account-document.ts'
import { absolute } from '../../collectors/files/roots.ts'
import { ownFolder, placeOf } from '../../collectors/mail/mailboxes.ts'
import { isWithin, mapPath } from '../mapping/map-path.ts'
import type { PlanContext } from '../restore-context.ts'

type Address = Pick<SourceMailbox, 'domain' | 'name'>

/** A mailbox of the archive that is wanted, and whose it becomes. */
export interface WantedMailbox {
  /** Its folder in the archive. */
  readonly place: Buffer
  readonly format: string
  /** As reports name it. */
  readonly address: string
  readonly to: Address
  /** As the account's document has it; null in archives of others. */
  readonly archived: AccountMailbox | null
  /** Paths below its folder; empty for all. */
  readonly items: readonly Buffer[]
}

const addressOf = ({ domain, name }: Address) => (domain === null ? name : `${name}@${domain}`)

function decoded(name: Buffer): string {
  const plain = name
    .toString('latin1')
    .replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return toRemoteName(Buffer.from(plain, 'latin1'))
}

const nameOf = (path: Buffer) => path.subarray(path.lastIndexOf(0x2f) + 1)

/** The mailboxes of an archive that a restore wants, by domain and name. */
export function wantedMailboxes({ archive, mapping, items }: PlanContext): WantedMailbox[] {
  const { reader, account, facts } = archive
  const details = (facts?.components ?? []).flatMap(({ kind, detail }) => {
    const list = kind === 'mail' ? (detail as { mailboxes?: unknown }).mailboxes : null
    return Array.isArray(list) ? (list as { path?: unknown; format?: unknown }[]) : []
  })
  return reader.list(Buffer.from('mail')).flatMap((domainEntry) =>
    reader.list(domainEntry.path).flatMap((boxEntry): WantedMailbox[] => {
      const place = boxEntry.path
      const wanted = items?.flatMap((item) => {
        if (isWithin(item, place)) return [Buffer.alloc(0)]
        return isWithin(place, item) ? [item.subarray(place.length + 1)] : []
      })
      if (wanted?.length === 0) return []
      const folder = nameOf(domainEntry.path)
      const domain = folder.equals(Buffer.from('_local')) ? null : decoded(folder)
      const name = decoded(nameOf(place))
      const archived = account?.mailboxes.find((box) => placeOf(box).equals(place)) ?? null
      const to = {
        domain: domain === null ? null : (mapping.domains.find(({ from }) => from === domain)?.to ?? domain),
        name: domain === null && name === mapping.user.from ? mapping.user.to : name,
      }
      const said = details.find(({ path }) => path !== undefined && path === archived?.path)?.format
      const format = typeof said === 'string' ? said : formatOf(place, (path) => reader.stat(path) !== null)
      const whole = wanted === undefined || wanted.some((item) => item.length === 0)
      return [
        { ...{ place, format, to, archived }, address: addressOf(to), items: whole ? [] : outermost(wanted) },
      ]
    }),
  )
}

function outermost(paths: readonly Buffer[]): Buffer[] {
  return paths.filter(
    (path, at) =>
      !paths.some((other, n) => (n < at || !path.equals(other)) && n !== at && isWithin(other, path)),
  )
}

function formatOf(place: Buffer, exists: (path: Buffer) => boolean): string {
  const below = (name: string) => exists(Buffer.concat([place, Buffer.from(`/${name}`)]))
  if (below('cur') || below('new') || below('Maildir/cur')) return 'maildir'
  return below('mailboxes') ? 'dbox' : 'folder'
}

/** Where a mailbox lies at the target, and what of the archive goes there. */
export interface MailboxPlace {
  /** Folder of the archive. */
  readonly from: Buffer
  readonly path: Buffer
  /** Null where the mailbox is not there yet and nothing says whose its folder will be but the folder around it. */
  readonly owner: { readonly uid: number; readonly gid: number } | null
  readonly exists: boolean
}

const below = (folder: Buffer, path: Buffer) => path.subarray(folder.length + 1)

/** The place of a wanted mailbox; null where nothing tells. `dovecots`: where Dovecot would have it there. */
export function placeAtTarget(
  wanted: WantedMailbox,
  context: PlanContext,
  dovecots: SourceMailbox | null = null,
): MailboxPlace | null {
  const { archive, mapping, target } = context
  const { place, to, archived } = wanted
  const then = archived === null ? null : absolute(archived.path)
  const oldHome = absolute(mapping.home.from)
  const own =
    archived === null || then === null
      ? null
      : ownFolder({ ...archived, insideHome: isWithin(oldHome, then) })
  const sub =
    own === null || then === null
      ? archive.reader.stat(Buffer.concat([place, Buffer.from('/Maildir/cur')])) === null
        ? ''
        : 'Maildir'
      : below(own, then).toString('latin1')
  const listed = target.source?.mailboxes.find(({ domain, name }) => domain === to.domain && name === to.name)
  const now = listed ?? dovecots
  if (now !== null) {
    const folder = ownFolder(now)
    const same = below(folder, absolute(now.path)).toString('latin1') === sub
    const from = same || sub === '' ? place : Buffer.concat([place, Buffer.from(`/${sub}`)])
    return {
      from,
      path: same ? folder : absolute(now.path),
      owner: { uid: now.uid, gid: now.gid },
      exists: listed !== undefined,
    }
  }
  const path = newPath(wanted, context, own)
  if (path === null) return null
  const home = absolute(mapping.home.to)
  const owner = isWithin(home, path) ? { uid: mapping.uid.to, gid: mapping.gid.to } : null
  return { from: place, path, owner, exists: false }
}

/** Where a mailbox that is not there would lie: as its neighbours do, else as it did. */
function newPath({ to }: WantedMailbox, { target, mapping }: PlanContext, own: Buffer | null): Buffer | null {
  const neighbour =
    to.domain === null ? undefined : target.source?.mailboxes.find(({ domain }) => domain === to.domain)
  if (neighbour !== undefined) {
    const folder = ownFolder(neighbour)
    const name = Buffer.from(fromRemoteName(neighbour.name))
    if (nameOf(folder).equals(name))
      return Buffer.concat([
        folder.subarray(0, folder.length - name.length),
        Buffer.from(fromRemoteName(to.name)),
      ])
  }
  if (own !== null) return mapPath(mapping, own)
  const home = absolute(mapping.home.to)
  return to.domain === null ? Buffer.concat([home, Buffer.from('/Maildir')]) : null
}
