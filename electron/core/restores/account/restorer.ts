import { advise } from '../../../../shared/advice.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { checkHome } from '../mapping/new-names.ts'
import type { PlanContext } from '../restore-context.ts'
import { nothingPlanned, type PlannedComponents, type Restorer } from '../restorer.ts'
import { accountBlockers, accountNotes } from './account-notes.ts'
import { requireTakenName } from './account-name.ts'
import { homeFolderOf } from './home-folder.ts'
import { isPowerful, type NewIds } from './ids.ts'
import { loginShell } from './login-shell.ts'
import { newPassword } from './password.ts'
import type { AccountRoom } from './room.ts'

/** What nobody can have in a line of the user database. */
const notGecos = /[:\x00-\x1f\x7f]/g

/** Further groups: those that the server has, but none that makes masters, and of the system's only by our own word. */
function furtherGroups({ archive, target }: PlanContext, room: AccountRoom, ids: NewIds): string[] {
  const { uidMin } = target.survey
  return (archive.account?.groups ?? []).filter((group) => {
    const there = room.groups.find(({ name }) => name === group)
    if (there === undefined || group === ids.group || isPowerful(group) || there.gid === 0) return false
    return archive.trusted || there.gid >= uidMin
  })
}

function makingStep(
  context: PlanContext,
  room: AccountRoom,
  ids: NewIds,
): Omit<StepOf<'create-account'>, 'id'> {
  const { archive, mapping, target } = context
  const { to: account } = mapping.user
  const shell = loginShell(archive.account?.shell ?? null, room.shells)
  const password = newPassword(archive).kind
  const { uidMin } = target.survey
  return {
    ...{ kind: 'create-account', component: 'account', account, ...ids },
    title: `Make the account ${account} (uid ${ids.uid}, group ${ids.group}) with its home ${mapping.home.to}, ${password === 'hash' ? 'with its password' : 'locked'}`,
    undo: `Removes the account ${account} with everything in it`,
    groups: furtherGroups(context, room, ids),
    home: mapping.home.to,
    ...homeFolderOf(archive, { mapping, ids, room, uidMin }),
    ...{ shell, password, gecos: (archive.account?.gecos ?? '').replaceAll(notGecos, ' ') },
  }
}

async function plan(context: PlanContext): Promise<PlannedComponents> {
  const { request, target, mapping, note, archive } = context
  if (!request.create) {
    if (!request.map.some(({ kind }) => kind === 'uid' || kind === 'gid')) return nothingPlanned
    throw new AppError(
      'invalid-input',
      `A restore into ${mapping.user.to} does not change its numbers. Nothing was changed; leave --map uid and gid out.`,
    )
  }
  if (target.toMake === null) {
    note({
      ...{ level: 'blocker', code: 'name-taken' },
      text: `${target.server.name} has an account ${mapping.user.to} already.`,
      ...advise`Restore into it ${{ way: 'into-existing' }}, or choose another name ${{ way: 'new-account', server: target.server.name }}.`,
    })
    return nothingPlanned
  }
  const { room, ids } = target.toMake
  requireTakenName(mapping.user.to, room)
  checkHome(mapping.home.to)
  const step = makingStep(context, room, ids)
  for (const each of accountBlockers(context, room, step)) note(each)
  for (const each of accountNotes(context, { room, step, password: newPassword(archive) })) note(each)
  return { ...nothingPlanned, steps: [step] }
}

/** The account itself, where `--create` asks for it: the first step of all, for everything else goes into it. */
export const accountRestorer: Restorer = {
  kinds: [],
  scopes: ['full', 'files', 'databases', 'email'],
  plan,
}
