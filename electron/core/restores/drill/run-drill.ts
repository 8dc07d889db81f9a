import { AppError, hasCode } from '../../../../shared/errors.ts'
import type { RestorePlan } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport, Remark } from '../../../../shared/model/restore-report.ts'
import type { RestoreRequest } from '../../../../shared/model/restore.ts'
import type { JobContext, JobOutcome } from '../../jobs/job-context.ts'
import { applySteps, checkSteps } from '../apply-plan.ts'
import type { RestoreJournal } from '../journal.ts'
import { makePlan } from '../make-plan.ts'
import { openRestore } from '../open-restore.ts'
import { applyingOf, reportOf, requireNoBlocker, takeBack, type RestoreJobParts } from '../restore-job.ts'
import { requireOnlyNew } from './only-new.ts'

interface Running {
  readonly job: JobContext
  readonly parts: RestoreJobParts
}

/** What a drill restores: everything of a backup, into an account that is made for it. */
export function drillRequest({
  backup,
  on,
  account,
}: {
  /** The backup's id. */
  readonly backup: string
  /** The server. */
  readonly on: string
  /** The throwaway account. */
  readonly account: string
}): RestoreRequest {
  return {
    from: { kind: 'backup', backup, destination: null },
    to: { server: on, account },
    ...{ scope: 'full', create: true, enableCron: false, items: [], map: [], keepExtra: false },
    ...{ mail: 'replace', tableAs: null, acceptUnsaved: [], undoes: null },
  }
}

/** Plans against the target as it is, and insists that this makes things and touches none. */
async function planDrill(
  request: RestoreRequest,
  { job, parts }: Running,
): Promise<{ readonly plan: RestorePlan; readonly mark: string }> {
  await using open = await openRestore(request, parts, { signal: job.signal })
  const plan = await makePlan(parts.restorers, open.context, open)
  requireNoBlocker(plan)
  requireOnlyNew(plan)
  return { plan, mark: open.context.mark }
}

async function restoreAndCheck(
  journal: RestoreJournal,
  { job, parts, remarks }: Running & { readonly remarks: Remark[] },
): Promise<readonly ComponentReport[]> {
  const { request, plan } = journal.entry
  try {
    await using open = await openRestore(request, parts, { signal: job.signal })
    const applying = applyingOf(open, { journal, kinds: parts.kinds, job, remarks })
    await applySteps(applying)
    return await checkSteps(applying)
  } catch (error) {
    if (!hasCode(error, 'connection-lost') && !hasCode(error, 'interrupted')) {
      await takeBack(journal, { job, parts, cause: error })
      throw error
    }
    throw new AppError(
      'connection-lost',
      `The connection broke in the middle of the drill. Nothing but the throwaway account ${plan.to.account} was touched; remove that with: holdfast restore rollback ${job.id}`,
      { cause: error, details: { job: job.id, unfinished: true } },
    )
  }
}

function traceLeft({ to }: RestorePlan, what: string, cause: unknown): AppError {
  return new AppError(
    'partial',
    `The throwaway account ${to.account} was removed, but not all of it: ${what}`,
    {
      cause,
    },
  )
}

/** Throws `partial` where the drill's names mean something on the server after it. */
async function requireNoTrace(journal: RestoreJournal, running: Running): Promise<void> {
  const { job, parts } = running
  const { request, plan } = journal.entry
  await using open = await openRestore(request, parts, { signal: job.signal })
  const now = await makePlan(parts.restorers, open.context, open)
  const before = new Set(plan.notes.map(({ text }) => text))
  const left = now.notes.find(
    ({ level, code, text }) => level === 'blocker' && code !== 'space' && !before.has(text),
  )
  if (left !== undefined) throw traceLeft(plan, left.text, null)
  try {
    requireOnlyNew(now)
  } catch (error) {
    throw traceLeft(plan, error instanceof Error ? error.message : '', error)
  }
}

/**
 * Restores a backup into a throwaway account, checks it as every restore is checked, removes it and looks that nothing
 * of it is left. The report, kept with the job, says how long the restore took. Throws `corrupt` where not everything
 * came out right; the account is removed then too.
 */
export async function runDrill(request: RestoreRequest, { job, parts }: Running): Promise<JobOutcome> {
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  const startedAt = parts.clock.now().toISOString()
  const start = parts.clock.monotonic()
  const { plan, mark } = await planDrill(request, { job, parts })
  const journal = await parts.journals.begin({
    ...{ job: job.id, startedAt, phase: 'running', request, plan, safetyBackup: null },
    ...{ mark, steps: {}, report: null, undoneBy: null },
  })
  const remarks: Remark[] = []
  const components = await restoreAndCheck(journal, { job, parts, remarks })
  const recoverySeconds = Math.round((parts.clock.monotonic() - start) / 100) / 10
  await takeBack(journal, { job, parts, cause: null })
  const wrong = components.filter(({ good, of }) => good !== of)
  const report = reportOf(journal, { components, remarks, parts })
  const whole = wrong.length === 0 && report.outcome === 'restored'
  const outcome = wrong.length > 0 ? 'not-proven' : whole ? 'proven' : 'proven-in-part'
  await journal.update({ report: { ...report, outcome, recoverySeconds, undo: null } })
  await requireNoTrace(journal, { job, parts })
  if (wrong.length > 0) {
    const counts = wrong.map(({ component, unit, good, of }) => `${component}: ${good} of ${of} ${unit}`)
    throw new AppError(
      'corrupt',
      `Not everything of ${plan.from.name} came out right (${counts.join(', ')}). The throwaway account is removed and nothing else was touched. See: holdfast report ${job.id}`,
      { details: { components: wrong } },
    )
  }
  return { state: whole ? 'succeeded' : 'partial', backupId: null, warnings: remarks.length }
}
