import { advise, remedied, type Remedy } from '../../../../shared/advice.ts'
import type { ComponentPlan, PlanNote } from '../../../../shared/model/restore-plan.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { absolute, relative } from '../../collectors/files/roots.ts'
import { ownFolder, placeOf } from '../../collectors/mail/mailboxes.ts'
import type { PlanContext } from '../restore-context.ts'
import { type NewStep, type PlannedComponents, type Restorer } from '../restorer.ts'
import type { Box } from './box-look.ts'
import { compareMail, type ComparedMail } from './compare-mail.ts'
import { isWithin } from '../mapping/map-path.ts'
import { askForKeeper } from './mail-keeper.ts'
import { lostKeywords } from './lost-keywords.ts'
import { newMailFolder, noKeeper } from './new-mail-folder.ts'
import { placeAtTarget, wantedMailboxes, type MailboxPlace, type WantedMailbox } from './wanted-mailboxes.ts'
import { waitingPlace } from './waiting-place.ts'

const componentOf = ({ address }: WantedMailbox) => `mail ${address}`

function stepOf(wanted: WantedMailbox, place: MailboxPlace, box: Box): NewStep {
  const what = wanted.items.length === 0 ? 'everything' : `${wanted.items.length} of the paths`
  const how =
    box.method === 'merge'
      ? `Add ${what} of ${wanted.address} that is missing`
      : `Put ${what} of ${wanted.address} in the place of what is there`
  return {
    ...{ kind: 'put-mailbox', component: componentOf(wanted), ...box },
    saved: toRemoteName(placeOf(wanted.to)),
    title: `${how}, in ${box.path}`,
    undo: place.exists ? 'Puts back what was there before' : `Removes ${box.path}`,
  }
}

function planOf(wanted: WantedMailbox, compared: ComparedMail): ComponentPlan {
  const { lists, unchanged, bytes } = compared
  return { kind: 'mail', component: componentOf(wanted), unit: 'messages', ...lists, unchanged, bytes }
}

/** Mailboxes that lie inside of this one's folder. */
function heldIn(path: Buffer, { target }: PlanContext): string[] {
  const own = (target.source?.mailboxes ?? []).map(ownFolder)
  return own.flatMap((other) => {
    const inside = relative(path, other)
    return inside === null ? [] : [toRemoteName(inside)]
  })
}

/** The account that has this mailbox or domain at the target, where it is another. */
function otherOwner(
  { to }: WantedMailbox,
  { path }: MailboxPlace,
  { target, mapping }: PlanContext,
): string | null {
  const others = target.look.sources.filter(({ name }) => name !== mapping.user.to)
  const owns = others.find(({ mailboxes }) =>
    mailboxes.some(
      (box) =>
        (to.domain !== null && box.domain === to.domain) ||
        ownFolder(box).equals(path) ||
        absolute(box.path).equals(path),
    ),
  )
  return owns?.name ?? null
}

/** Where a mailbox goes and, where its folder is outside of the home and not there, what the target says of its owner. */
async function placeAndKeeper(wanted: WantedMailbox, context: PlanContext) {
  const { target, mapping } = context
  const place = placeAtTarget(wanted, context)
  const isInside = place !== null && isWithin(absolute(mapping.home.to), place.path)
  if (place?.exists === true || isInside || target.shell.privilege === 'user') return { place, keeper: null }
  const keeper = await askForKeeper(context, wanted)
  return { place: placeAtTarget(wanted, context, keeper.dovecots), keeper }
}

async function planMailbox(wanted: WantedMailbox, context: PlanContext): Promise<PlannedComponents | null> {
  const { target, request, archive, note, mapping } = context
  const say = (level: PlanNote['level'], code: string, text: string, remedy: string | null | Remedy) => {
    note({ level, code, text, ...remedied(remedy) })
    return null
  }
  const { address } = wanted
  const { place, keeper } = await placeAndKeeper(wanted, context)
  if (place === null) {
    return say(
      'blocker',
      'no-mailbox',
      `${target.server.name} has no mailbox ${address}, and nothing tells where it would lie.`,
      'Make it in the mail system first.',
    )
  }
  const path = toRemoteName(place.path)
  const other = otherOwner(wanted, place, context)
  if (other !== null && !place.exists) {
    const remedy =
      wanted.to.domain === null
        ? 'Restore into that account.'
        : advise`Give its domain another name ${{ way: 'rename', kind: 'domain', from: wanted.to.domain }}.`
    return say(
      'blocker',
      'conflict',
      `The mail of ${address} would go to ${path}, which belongs to ${other}.`,
      remedy,
    )
  }
  const waiting =
    (await waitingPlace(context, place)) ??
    (keeper === null ? null : await newMailFolder(context, { place, owner: keeper.owner }))
  const isOwner = target.shell.privilege !== 'user' || waiting?.uid === mapping.uid.to
  if (waiting === null && keeper !== null) {
    const { text, remedy } = noKeeper(wanted, { keeper, path, server: target.server.name })
    return target.toMake === null
      ? say('blocker', 'not-permitted', text, remedy)
      : say('warning', 'not-restored', text, remedy)
  }
  if (waiting === null || !isOwner) {
    return say(
      'blocker',
      'not-permitted',
      `The mailbox ${address} cannot be put to ${path}: no folder around it belongs to the mailbox’s owner and to this login’s reach.`,
      'Make the mailbox in the mail system first, or log in as root.',
    )
  }
  const box: Box = {
    ...{ account: waiting.account, uid: waiting.uid, gid: waiting.gid, root: toRemoteName(waiting.root) },
    ...{ from: toRemoteName(place.from), path, method: request.mail, keepExtra: request.keepExtra },
    ...{ items: wanted.items.map(toRemoteName), held: heldIn(place.path, context) },
  }
  const compared = await compareMail(context, box)
  const { facts } = compared.look
  if (facts.there === 'link' || facts.there === 'file') {
    return say(
      'blocker',
      'not-a-folder',
      `${path} is a link or a file, and a Maildir is a folder.`,
      'Put the folder itself in its place.',
    )
  }
  if (facts.there === 'folder' && !place.exists) {
    return say(
      'blocker',
      'conflict',
      `${path} is there already, but no mailbox of ${mapping.user.to} that Holdfast knows.`,
      advise`Say that it is one ${{ way: 'own-mailbox', server: target.server.name, source: mapping.user.to, address }}`,
    )
  }
  if (waiting.freeBytes !== null && waiting.freeBytes < compared.bytes) {
    return say(
      'blocker',
      'space',
      `The mail of ${address} needs ${compared.bytes} bytes beside what is there, and ${waiting.freeBytes} are free.`,
      advise`Make room, or restore folder by folder ${{ way: 'items', items: [] }}.`,
    )
  }
  if (compared.keywords.lost > 0) {
    const { text, remedy } = lostKeywords(compared.keywords.lost, address)
    say('warning', 'keywords', text, remedy)
  }
  if (!place.exists && keeper?.dovecots == null) {
    const hash =
      archive.credentials?.mailboxes?.some((one) => one.address === wanted.archived?.address) === true
    say(
      'warning',
      'mailbox-made',
      `The mail system of ${target.server.name} does not know ${address} yet; its mail is put to ${path}.`,
      `Make the mailbox there with the owner ${waiting.account === '' ? waiting.uid : waiting.account}.${hash ? ' The hash of its password is in credentials.json of the backup.' : ''}`,
    )
  }
  return {
    steps: [stepOf(wanted, place, box)],
    components: [planOf(wanted, compared)],
    space: [{ path, during: compared.bytes, after: compared.bytes, free: waiting.freeBytes }],
    offline: [],
  }
}

/** Mailboxes: one step each. What is not kept as a Maildir is named and left. */
export const mailRestorer: Restorer = {
  kinds: ['mail'],
  scopes: ['full', 'email'],
  async plan(context) {
    const parts: PlannedComponents[] = []
    for (const wanted of wantedMailboxes(context)) {
      if (wanted.format === 'maildir') {
        const planned = await planMailbox(wanted, context)
        if (planned !== null) parts.push(planned)
        continue
      }
      context.note({
        level: 'warning',
        code: 'not-restored',
        text: `The mailbox ${wanted.address} is kept as ${wanted.format} and not as a Maildir, so it is not restored.`,
        ...advise`Take it out ${{ way: 'extract' }}, and bring it in with: doveadm import`,
      })
    }
    return {
      steps: parts.flatMap(({ steps }) => steps),
      components: parts.flatMap(({ components }) => components),
      space: parts.flatMap(({ space }) => space),
      offline: [],
    }
  },
}
