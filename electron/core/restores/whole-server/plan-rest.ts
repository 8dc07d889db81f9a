import { advisedError } from '../../advised-error.ts'
import { advise } from '../../../../shared/advice.ts'
import { AppError, hasCode } from '../../../../shared/errors.ts'
import type { AccountOfPlan, ServerRestorePlan } from '../../../../shared/model/restore-server.ts'
import type { Survey } from '../../../../shared/model/server.ts'
import { planAccount, serverPlanOf } from './plan-server.ts'
import type { ServerRestoreParts } from './run-server.ts'
import type { ServerJournal } from './server-journal.ts'

/** Errors that say nothing of one account. */
const ofTheServer = ['connection-lost', 'interrupted', 'cancelled', 'unreachable', 'auth-failed'] as const

/** Accounts that are yet to be restored and have no restore of their own to go on with, which has its own plan. */
function waiting(
  { entry, progressOf }: Pick<ServerJournal, 'entry'> & { readonly progressOf: ServerJournal['progressOf'] },
  { journals }: Pick<ServerRestoreParts, 'journals'>,
): AccountOfPlan[] {
  return entry.plan.accounts.filter(({ account }) => {
    const { state, restore } = progressOf(account)
    const phase = restore === null ? null : (journals.find(restore)?.entry.phase ?? null)
    return state !== 'done' && (phase === null || phase === 'rolled-back')
  })
}

/**
 * Plans the accounts of a restore again that are yet to begin, against the server as it is now. Returns the plan of
 * those where it is not the one that was confirmed, else null. An account that cannot be planned fails in its own turn.
 * Changes nothing.
 */
export async function planRest(
  journal: ServerJournal,
  parts: ServerRestoreParts,
  { signal }: { readonly signal: AbortSignal },
): Promise<ServerRestorePlan | null> {
  const { request, plan: confirmed } = journal.entry
  const accounts: AccountOfPlan[] = []
  let survey: Survey | null = null
  let isChanged = false
  for (const one of waiting(
    { entry: journal.entry, progressOf: (name) => journal.progressOf(name) },
    parts,
  )) {
    try {
      const planned = await planAccount(one.request, parts, signal)
      survey ??= planned.survey
      isChanged ||= planned.plan.digest !== one.plan.digest
      accounts.push({ account: one.account, request: planned.request, plan: planned.plan })
    } catch (error) {
      if (!(error instanceof AppError) || ofTheServer.some((code) => hasCode(error, code))) throw error
      accounts.push(one)
    }
  }
  if (!isChanged) return null
  return serverPlanOf(accounts, { request, missing: confirmed.missing, survey }, parts)
}

/** Says that what would be done is not what was confirmed. `details` has the plan. */
export function mustConfirm(journal: ServerJournal, plan: ServerRestorePlan): AppError {
  const { job, request } = journal.entry
  const before = new Map(
    journal.entry.plan.accounts.map(({ account, plan: { digest } }) => [account, digest]),
  )
  const changed = plan.accounts.flatMap(({ account, plan: { digest } }) =>
    before.get(account) === digest ? [] : [account],
  )
  return advisedError(
    'conflict',
    advise`${request.to} changed since its restore was confirmed, and these accounts would come out otherwise: ${changed.join(', ')}. Nothing more was done, and what is restored stays. Look at the new plan ${{ way: 'look-again', job }}, then go on ${{ way: 'go-on', job, server: request.to }}`,
    { details: { plan } },
  )
}
