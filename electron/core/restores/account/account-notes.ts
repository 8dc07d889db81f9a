import { advise, remedied, type Remedy } from '../../../../shared/advice.ts'
import type { Way } from '../../../../shared/model/advice.ts'
import type { MapKind } from '../../../../shared/model/restore-mapping.ts'
import type { PlanNote, StepOf } from '../../../../shared/model/restore-plan.ts'
import type { RestoreContext } from '../restore-context.ts'
import { isPowerful } from './ids.ts'
import { panelBlocker } from './panel-commands.ts'
import type { NewPassword } from './password.ts'
import type { AccountRoom } from './room.ts'

/** Where no home lies: an account that owned one of these would own a part of the system. */
const system =
  /^\/(?:bin|boot|dev|etc|lib[^/]*|proc|root|run|sbin|sys|tmp|usr|var\/(?:log|run|spool|tmp|cache))(?:\/|$)|^\/[^/]+$/

const tools = ['getent', 'useradd', 'groupadd', 'userdel', 'usermod', 'groupdel', 'chpasswd']

/** The step before the planner numbers it. */
type Making = Omit<StepOf<'create-account'>, 'id'>

function blocker(code: string, text: string, remedy: string | Remedy): PlanNote {
  return { level: 'blocker', code, text, ...remedied(remedy) }
}

const renamed = (kind: MapKind, from: string | number): Way => ({ way: 'rename', kind, from: String(from) })

/** What forbids making the account. */
export function accountBlockers(context: RestoreContext, room: AccountRoom, step: Making): PlanNote[] {
  const { target, mapping } = context
  const { name: server } = target.server
  const { account: user, home } = step
  const notes: (PlanNote | null)[] = [panelBlocker(context, { database: null })]
  if (target.shell.privilege === 'user') {
    const text = `Accounts are made by root only, and the login ${target.shell.loginUser} is not root.`
    notes.push(blocker('unsupported', text, 'Use a login that is root or may become root by sudo.'))
  }
  const lacks = tools.filter((tool) => !room.tools.has(tool))
  if (lacks.length > 0 && target.shell.privilege !== 'user') {
    const text = `${server} has no ${lacks.join(', no ')}, which making an account takes.`
    notes.push(
      blocker('tool-missing', text, 'Install the package that has it there (passwd or shadow-utils).'),
    )
  }
  const namesake = room.users.find(({ name }) => name === user)
  if (target.source === null && namesake !== undefined) {
    const text = `${server} has a user ${user} already (uid ${namesake.uid}), which is none of its hosting accounts.`
    notes.push(
      blocker('name-taken', text, advise`Restore under another name, ${{ way: 'new-account', server }}.`),
    )
  }
  const owner = room.users.find(({ uid, name }) => uid === step.uid && name !== user)
  if (owner !== undefined) {
    const text = `The uid ${step.uid} belongs to ${owner.name} on ${server}.`
    notes.push(blocker('uid-taken', text, advise`Give another ${renamed('uid', mapping.uid.from)}, or none.`))
  }
  const same = room.groups.find(
    ({ name, gid }) => step.makesGroup && (name === step.group || gid === step.gid),
  )
  if (same !== undefined) {
    const text = `${server} has a group ${same.name} (gid ${same.gid}) already, so ${user} cannot get its own.`
    notes.push(
      blocker('group-taken', text, 'Remove that group where nobody needs it, or choose another name.'),
    )
  }
  if (room.home !== 'nothing') {
    const text = `${home} is there already on ${server}, though the account is not.`
    notes.push(
      blocker(
        'home-taken',
        text,
        advise`Move it away, or name another ${renamed('home', mapping.home.from)}.`,
      ),
    )
  }
  if (system.test(home)) {
    const text = `${home} belongs to the system and can be nobody's home.`
    notes.push(blocker('home-taken', text, advise`Name another ${renamed('home', mapping.home.from)}.`))
  }
  if (room.unsafe.length > 0) {
    const text = `Others than root can put things into ${room.unsafe.join(', ')}, so no home can be made safely below.`
    notes.push(blocker('home-unsafe', text, advise`Name another ${renamed('home', mapping.home.from)}.`))
  }
  if (room.crontab !== null) {
    const text = `An earlier ${user} left the crontab ${room.crontab}, which would begin to run.`
    notes.push(blocker('crontab-left', text, 'Remove it there first.'))
  }
  return notes.filter((note) => note !== null)
}

/** What becomes other than it was. */
export function accountNotes(
  { mapping, target, archive }: RestoreContext,
  {
    room,
    step,
    password,
  }: { readonly room: AccountRoom; readonly step: Making; readonly password: NewPassword },
): PlanNote[] {
  const { account: user } = step
  const { name: server } = target.server
  const notes: PlanNote[] = []
  const note = (level: 'info' | 'warning', code: string, text: string, remedy: string | null) =>
    void notes.push({ level, code, text, remedy })
  if (mapping.uid.from !== mapping.uid.to && archive.account !== null) {
    const by = room.users.find(({ uid }) => uid === mapping.uid.from)
    const why = by === undefined ? `not free for accounts there` : `that of ${by.name} there`
    note('info', 'uid-taken', `The uid ${mapping.uid.from} is ${why}; ${user} gets ${mapping.uid.to}.`, null)
  }
  const shell = archive.account?.shell ?? null
  if (shell !== step.shell && shell !== '') {
    const text = `${shell === null ? 'The backup does not say which shell it had' : `${server} has no shell ${shell}, or does not allow it`}; ${user} gets ${step.shell}.`
    note('warning', 'shell', text, `Set another with: chsh -s SHELL ${user}`)
  }
  const had = (archive.account?.groups ?? []).filter((group) => group !== mapping.user.from)
  const without = had.filter((group) => group !== step.group && !step.groups.includes(group))
  for (const group of without) {
    const there = room.groups.some(({ name }) => name === group)
    const why = !there
      ? `is not on ${server}`
      : isPowerful(group)
        ? 'makes its members masters of the server'
        : 'is one of the system, and the archive is not one of ours'
    note(
      'warning',
      'group',
      `${user} does not become a member of ${group}, which ${why}.`,
      there ? `Where it should: usermod -aG ${group} ${user}` : null,
    )
  }
  if (password.kind === 'locked') {
    const text = `${user} gets no password, for ${password.why}; nobody can log in with one.`
    note('warning', 'password', text, `Set one with: passwd ${user}`)
  }
  return notes
}
