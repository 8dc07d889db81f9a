import { advise, type Remedy } from '../../../../shared/advice.ts'
import type { Way } from '../../../../shared/model/advice.ts'
import { dirname } from 'node:path/posix'
import { isWithin } from '../mapping/map-path.ts'
import { lookAtTarget } from '../files/target-look.ts'
import type { PlanContext } from '../restore-context.ts'
import { absolute } from '../../collectors/files/roots.ts'
import type { MailKeeper } from './mail-keeper.ts'
import { nameOf, type WaitingPlace } from './waiting-place.ts'
import type { MailboxPlace, WantedMailbox } from './wanted-mailboxes.ts'

const up = (path: Buffer) => Buffer.from(dirname(path.toString('latin1')), 'latin1')

/** `/var/vmail` of `/var/vmail/DOMAIN/NAME`, so that the owner of the mail makes what is below. */
function baseOf(path: Buffer): Buffer {
  const above = up(path)
  return up(above).length > 1 && /\.[^/]*$/.test(above.toString('latin1').split('/').at(-1) ?? '')
    ? up(above)
    : above
}

/**
 * The folder around a mailbox that is made for the mail's owner, by root, where only root can change the way to it: the
 * one of all mail where that is not there, else the domain's. Null where the owner is not known, where a home would hold
 * it, or where others can change the way.
 */
export async function newMailFolder(
  context: PlanContext,
  { place, owner }: { readonly place: MailboxPlace; readonly owner: MailKeeper['owner'] },
): Promise<WaitingPlace | null> {
  const { target } = context
  const holder = place.owner === null ? owner : await dovecotsOwner(place, context)
  if (holder === null || place.exists) return null
  const inHome = target.look.sources.some(({ uid, home }) => {
    const folder = absolute(home)
    return uid !== holder.uid && folder.length > 1 && isWithin(folder, place.path)
  })
  if (inHome) return null
  const account = { user: holder.name, uid: holder.uid, gid: holder.gid }
  for (const root of [baseOf(place.path), up(place.path)]) {
    const facts = await lookAtTarget(context, root, () => undefined, { account, deep: false })
    if (facts.there === 'folder') continue
    if (facts.there !== 'none' || !facts.safe) return null
    const { uid, gid, name } = holder
    return { account: name, uid, gid, root, freeBytes: facts.freeBytes }
  }
  return null
}

/** Dovecot's own word on who owns the mail, where it knows the mailbox. */
async function dovecotsOwner({ owner }: MailboxPlace, context: PlanContext): Promise<MailKeeper['owner']> {
  if (owner === null || owner.uid === 0) return null
  const isAnothers = context.target.look.sources.some(
    ({ uid, name, sites }) => uid === owner.uid && name !== context.mapping.user.to && sites.length > 0,
  )
  return isAnothers ? null : { ...owner, name: await nameOf(context, owner.uid) }
}

/** Why a mailbox cannot be put where it would lie, and what makes it possible. */
export function noKeeper(
  { address, archived }: WantedMailbox,
  {
    keeper: { hasDovecot, owner, refused },
    path,
    server,
  }: { readonly keeper: MailKeeper; readonly path: string; readonly server: string },
): { readonly text: string; readonly remedy: Remedy } {
  const email: Way = { way: 'scope', scope: 'email' }
  if (refused !== null) {
    return {
      text: `${address} is not restored: its owner ${refused} is on ${server} an account or one that logs in, and none that keeps mail of others.`,
      remedy: advise`Make the mailbox in the mail system there, then restore ${email}.`,
    }
  }
  if (owner !== null) {
    return {
      text: `${address} is not restored: no folder around ${path} belongs to ${owner.name}, and none can be made safely.`,
      remedy: advise`Make the folder around it there for ${owner.name} alone, then restore ${email}.`,
    }
  }
  const name = archived?.owner
  if (name === undefined || !/^[a-z_][a-z0-9_-]{0,31}$/.test(name)) {
    return {
      text: `${address} is not restored: ${server} has no folder for mail where ${path} would lie, and nobody is known there to own it.`,
      remedy: advise`Make the mailbox in the mail system there, then restore ${email}.`,
    }
  }
  const ids = archived === null ? '' : ` -u ${archived.uid}`
  return {
    text: `${address} is not restored: ${server} has no user ${name}, who owns such mail${hasDovecot ? '' : ', and no Dovecot'}.`,
    remedy: advise`Install the mail system, or make the user with: useradd --system -U${ids} -M -d /nonexistent -s /usr/sbin/nologin ${name}; then restore ${email}.`,
  }
}
