import { v7 as uuid } from 'uuid'
import { AppError, hasCode, throwIfCancelled, toWire } from '../../../../shared/errors.ts'
import type { AccountOfPlan, ServerRestoreRequest } from '../../../../shared/model/restore-server.ts'
import type { JobContext, JobOutcome } from '../../jobs/job-context.ts'
import { requireAsShown, runRestore, type RestoreJobParts } from '../restore-job.ts'
import { resumeRestore } from '../resume.ts'
import { mustConfirm, planRest } from './plan-rest.ts'
import { planServer } from './plan-server.ts'
import type { ServerJournal, ServerJournals } from './server-journal.ts'
import { serverReport } from './server-report.ts'

/** What the restore of a whole server needs of the product. */
export interface ServerRestoreParts extends RestoreJobParts {
  readonly serverJournals: ServerJournals
}

interface Running {
  readonly job: JobContext
  readonly parts: ServerRestoreParts
}

/** Restores every account of a server into a new one: plans again, then one account after the other, then reports. */
export async function runServerRestore(
  request: ServerRestoreRequest,
  digest: string,
  { job, parts }: Running,
): Promise<JobOutcome> {
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  const plan = await planServer(request, parts, { signal: job.signal })
  requireAsShown(plan, digest)
  const journal = await parts.serverJournals.begin({
    ...{ job: job.id, startedAt: parts.clock.now().toISOString(), phase: 'running', request, plan },
    ...{ accounts: {}, report: null, undoneBy: null },
  })
  return finishServer(journal, { job, parts })
}

/**
 * Goes on where a restore of a whole server stopped: accounts that are done stay, those that failed are tried again. The
 * rest is planned again; where that is not what was confirmed, `digest` must be that of the new plan, which is then the
 * restore's. Throws `conflict` with the plan.
 */
export async function resumeServer(
  journal: ServerJournal,
  digest: string | null,
  running: Running,
): Promise<JobOutcome> {
  if (journal.entry.phase === 'running') {
    const { job, parts } = running
    job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
    const rest = await planRest(journal, parts, { signal: job.signal })
    if (rest !== null) {
      if (rest.digest !== digest) throw mustConfirm(journal, rest)
      const { plan } = journal.entry
      const now = new Map(rest.accounts.map((one) => [one.account, one]))
      const accounts = plan.accounts.map((one) => now.get(one.account) ?? one)
      await journal.update({ plan: { ...plan, accounts } })
    }
    return finishServer(journal, running)
  }
  const how = journal.entry.phase === 'restored' ? 'came to its end' : 'was taken back'
  throw new AppError('conflict', `This restore ${how}; there is nothing to go on with. Nothing was changed.`)
}

/** A job's context for one account's restore, whose journal has an id of its own. */
export function accountJob(job: JobContext, account: string, id: string): JobContext {
  return {
    ...{ id, signal: job.signal, expect: () => undefined },
    note: (level, text) => job.note(level, `${account}: ${text}`),
    progress: (counts) => job.progress({ ...counts, phase: `${account}: ${counts.phase}` }),
    claimed: (places) => job.claimed(places),
    released: (left) => job.released(left),
  }
}

async function restoreAccount(
  { account, request, plan }: AccountOfPlan,
  { journal, job, parts }: Running & { readonly journal: ServerJournal },
): Promise<void> {
  const { restore } = journal.progressOf(account)
  const begun = restore === null ? null : parts.journals.find(restore)
  if (begun?.entry.phase === 'restored') return
  if (begun?.entry.phase === 'running' || begun?.entry.phase === 'committing') {
    await resumeRestore(begun, { job: accountJob(job, account, begun.entry.job), parts })
    return
  }
  const id = uuid()
  await journal.account(account, { state: 'running', restore: id, error: null })
  await runRestore(request, plan.digest, { job: accountJob(job, account, id), parts })
}

/** Errors after which the next account would fare no better. */
const ending = ['connection-lost', 'interrupted', 'cancelled', 'unreachable'] as const

async function finishServer(journal: ServerJournal, { job, parts }: Running): Promise<JobOutcome> {
  const { plan } = journal.entry
  for (const one of plan.accounts) {
    const { account } = one
    if (journal.progressOf(account).state === 'done') continue
    try {
      throwIfCancelled(job.signal)
      await restoreAccount(one, { journal, job, parts })
      await journal.account(account, { ...journal.progressOf(account), state: 'done', error: null })
    } catch (error) {
      if (ending.some((code) => hasCode(error, code))) throw stopped(journal, account, error)
      const { message } = toWire(error)
      job.note('error', `${account}: ${message}`)
      await journal.account(account, { ...journal.progressOf(account), state: 'failed', error: message })
    }
  }
  const report = serverReport(journal, parts)
  const whole = plan.accounts.every(({ account }) => journal.progressOf(account).state === 'done')
  await journal.update({ report, phase: whole ? 'restored' : 'running' })
  const state = report.outcome === 'restored' ? 'succeeded' : 'partial'
  return { state, backupId: null, warnings: report.remarks.length }
}

function stopped(journal: ServerJournal, account: string, cause: unknown): AppError {
  const { job, plan } = journal.entry
  const done = plan.accounts.filter((one) => journal.progressOf(one.account).state === 'done').length
  const { code, message } = toWire(cause)
  return new AppError(
    code,
    `${done} of ${plan.accounts.length} accounts are restored and stay; it stopped at ${account}: ${message} Go on with all of them: holdfast restore resume ${job}`,
    { cause, details: { job, account } },
  )
}
