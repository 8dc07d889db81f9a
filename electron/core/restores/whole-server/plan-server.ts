import { createHash } from 'node:crypto'
import { AppError, hasCode } from '../../../../shared/errors.ts'
import type { Backup } from '../../../../shared/model/backup.ts'
import type { RestoreRequest } from '../../../../shared/model/restore.ts'
import type {
  AccountOfPlan,
  ServerRestorePlan,
  ServerRestoreRequest,
} from '../../../../shared/model/restore-server.ts'
import type { Survey } from '../../../../shared/model/server.ts'
import { selectBackup } from '../../backups/select.ts'
import type { AccountRoom } from '../account/room.ts'
import { makePlan } from '../make-plan.ts'
import { openRestore, type RestoreParts } from '../open-restore.ts'
import type { Restorer } from '../restorer.ts'
import { serverIds, type WantedIds } from './server-ids.ts'
import { serverNotes, serverSpace } from './server-notes.ts'

type Parts = RestoreParts & { readonly restorers: readonly Restorer[] }

/** The newest complete backup of every account of a server, and who has none. */
function newestBackups(
  { from, without }: ServerRestoreRequest,
  { catalog }: Parts,
): { readonly backups: readonly Backup[]; readonly missing: ServerRestorePlan['missing'] } {
  const all = catalog.list().filter(({ server }) => server === from)
  const names = [...new Set(all.map(({ source }) => source))].sort()
  const unknown = without.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new AppError(
      'invalid-input',
      `${from} has no backup of ${unknown.join(', ')}, so leaving that out means nothing. Nothing was done. See: holdfast backups`,
    )
  }
  const backups: Backup[] = []
  const missing: { account: string; why: string }[] = []
  for (const account of names.filter((name) => !without.includes(name))) {
    try {
      backups.push(selectBackup(all, `${from}/${account}@latest`))
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw error
      missing.push({ account, why: 'none of its backups is complete and verified' })
    }
  }
  if (backups.length > 0) return { backups, missing }
  throw new AppError(
    'not-found',
    `There is no complete, verified backup of any account of ${from}. Nothing was done. See: holdfast backups`,
  )
}

function requestFor({ source, id }: Backup, { to, scope, enableCron }: ServerRestoreRequest): RestoreRequest {
  return {
    from: { kind: 'backup', backup: id, destination: null },
    to: { server: to, account: source },
    ...{ scope, enableCron, create: true, items: [], map: [], keepExtra: false, mail: 'replace' },
    ...{ tableAs: null, acceptUnsaved: [], undoes: null },
  }
}

/** One account planned by itself, and what its numbers depend on. */
interface Planned extends AccountOfPlan {
  readonly groups: readonly string[]
  readonly wanted: WantedIds | null
  readonly room: AccountRoom | null
  readonly survey: Survey
}

/** Plans one account of a server by itself, as it would be restored now. */
export async function planAccount(
  request: RestoreRequest,
  parts: Parts,
  signal: AbortSignal,
): Promise<Planned> {
  await using open = await openRestore(request, parts, { signal })
  const { target, mapping, archive } = open.context
  const { account } = request.to
  const { toMake, survey } = target
  const from = { uid: mapping.uid.from, gid: mapping.gid.from }
  return {
    ...{ account, request, survey, plan: await makePlan(parts.restorers, open.context, open) },
    groups: archive.account?.groups ?? [],
    wanted: toMake === null ? null : { account, from, ids: toMake.ids },
    room: toMake?.room ?? null,
  }
}

/** Who is in another account's group goes first, so that its plan is the same whether or not that group is made yet. */
function inOrder(planned: readonly Planned[]): Planned[] {
  const names = new Set(planned.map(({ account }) => account))
  const leans = ({ account, groups }: Planned) =>
    groups.some((group) => group !== account && names.has(group)) ? 0 : 1
  return [...planned].sort((a, b) => leans(a) - leans(b))
}

/**
 * Plans the restore of a whole server: each account by itself, with numbers that do not depend on the others. Changes
 * nothing. Throws `not-found` where no account has a complete backup.
 */
export async function planServer(
  request: ServerRestoreRequest,
  parts: Parts,
  { signal }: { readonly signal: AbortSignal },
): Promise<ServerRestorePlan> {
  const { backups, missing } = newestBackups(request, parts)
  const alone: Planned[] = []
  for (const backup of backups) alone.push(await planAccount(requestFor(backup, request), parts, signal))
  const [first] = alone
  const room = alone.find((one) => one.room !== null)?.room ?? { users: [], groups: [] }
  const wanted = alone.flatMap((one) => one.wanted ?? [])
  const overrides = serverIds(wanted, room, { uidMin: first?.survey.uidMin ?? 1000 })
  const planned: Planned[] = []
  for (const one of inOrder(alone)) {
    const map = overrides.get(one.account)
    planned.push(
      map === undefined ? one : await planAccount({ ...one.request, map: [...map] }, parts, signal),
    )
  }
  const accounts = planned.map(({ account, request: asked, plan }) => ({ account, request: asked, plan }))
  return serverPlanOf(accounts, { request, missing, survey: first?.survey ?? null }, parts)
}

/** One plan over the plans of accounts. `survey`: the target's, null where there is no account. */
export function serverPlanOf(
  accounts: readonly AccountOfPlan[],
  {
    request,
    missing,
    survey,
  }: {
    readonly request: ServerRestoreRequest
    readonly missing: ServerRestorePlan['missing']
    readonly survey: Survey | null
  },
  { profiles, clock }: Pick<Parts, 'profiles' | 'clock'>,
): ServerRestorePlan {
  const space = survey === null ? [] : serverSpace(accounts, survey)
  const { name, host } = profiles.get(request.to)
  const plan: Omit<ServerRestorePlan, 'digest'> = {
    ...{ format: 1, madeAt: clock.now().toISOString(), from: request.from },
    to: { server: name, host, machine: survey?.machine ?? null },
    ...{ accounts: [...accounts], missing, space, notes: serverNotes(accounts, space) },
  }
  return { ...plan, digest: digestOf(plan) }
}

function digestOf({ from, to, accounts, missing, notes }: Omit<ServerRestorePlan, 'digest'>): string {
  const blockers = notes.filter(({ level }) => level === 'blocker').map(({ code, text }) => [code, text])
  const each = accounts.map(({ account, plan }) => [account, plan.digest])
  const agreed = JSON.stringify([from, to.server, to.host, to.machine, each, missing, blockers])
  return createHash('sha256').update(agreed).digest('hex')
}
