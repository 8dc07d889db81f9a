import { AppError, hasCode } from '../../../shared/errors.ts'
import { advise } from '../../../shared/advice.ts'
import { advisedError } from '../advised-error.ts'
import type { RestorePlan, RestoreStep } from '../../../shared/model/restore-plan.ts'
import type { ComponentReport, Remark, RestoreReport } from '../../../shared/model/restore-report.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { ArchiveReader } from '../archive/reader.ts'
import type { BackupParts } from '../backups/backup-run.ts'
import type { OpenBackup } from '../backups/open-backup.ts'
import { selectBackup } from '../backups/select.ts'
import type { OpenServer } from '../servers/server-access.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import { claimBrought } from './claims.ts'
import { applySteps, checkSteps, commitSteps, rollBackSteps, type Applying } from './apply-plan.ts'
import type { RestoreJournal, RestoreJournals } from './journal.ts'
import { makePlan, undoDays } from './make-plan.ts'
import { openAgain } from './open-again.ts'
import { openRestore, type OpenRestore, type RestoreParts } from './open-restore.ts'
import type { StepContext } from './restore-context.ts'
import type { Restorer } from './restorer.ts'
import { limitPin, makeSafetyBackup } from './safety-backup.ts'
import type { ShownPlans } from './shown-plans.ts'
import { askSites } from './sites/ask-sites.ts'
import type { StepKinds } from './step-kind.ts'

/** What a restore job needs of the product. */
export interface RestoreJobParts extends RestoreParts {
  readonly backups: BackupParts
  readonly journals: RestoreJournals
  readonly restorers: readonly Restorer[]
  readonly kinds: StepKinds
  readonly shownPlans: ShownPlans
  /** Where safety backups go. */
  readonly safetyDestinations: () => Promise<readonly string[]>
}

/** Insists on a plan that nothing forbids. Throws `conflict` with the plan. */
export function requireNoBlocker(plan: Pick<RestorePlan, 'notes'>): void {
  const blocker = plan.notes.find(({ level }) => level === 'blocker')
  if (blocker === undefined) return
  const said = `${blocker.text} Nothing was changed.`
  const { code, remedy, advice } = blocker
  throw new AppError('conflict', remedy === null ? said : `${said} ${remedy}`, {
    details: { code, plan, ...(advice === undefined ? {} : { advice: [`${said} `, ...advice] }) },
  })
}

/** Insists on such a plan that is also the one that was shown. Throws `conflict` with the plan. */
export function requireAsShown(plan: Pick<RestorePlan, 'notes' | 'digest'>, digest: string): void {
  requireNoBlocker(plan)
  if (plan.digest === digest) return
  throw new AppError(
    'conflict',
    `The target changed since the plan was shown, so nothing was done. Look at the new plan and confirm that one.`,
    { details: { plan } },
  )
}

/** What is not right after a restore is taken back: what was there before is better than that. */
function requireWhole(components: readonly ComponentReport[]): void {
  const wrong = components.filter(({ good, of }) => good !== of)
  if (wrong.length === 0) return
  const counts = wrong.map(({ component, unit, good, of }) => `${component}: ${good} of ${of} ${unit}`)
  throw new AppError(
    'write-failed',
    `Not everything came out right at the target (${counts.join(', ')}), so the restore was taken back and everything is as it was.`,
    { details: { components: wrong } },
  )
}

/** How the steps of a journal are done over an open connection. */
export function applyingOf(
  { context }: OpenRestore,
  {
    journal,
    kinds,
    job,
    remarks,
    saved = null,
  }: {
    readonly journal: RestoreJournal
    readonly kinds: StepKinds
    readonly job: JobContext
    readonly remarks: Remark[]
    readonly saved?: ArchiveReader | null
  },
): Applying {
  const running = new Map<
    string,
    { readonly phase: string; readonly bytes: number; readonly items: number }
  >()
  const tell = (current: string | null) => {
    const all = [...running.values()]
    job.progress({
      phase: all.map(({ phase }) => phase).join(', '),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      items: all.reduce((sum, { items }) => sum + items, 0),
      current,
    })
  }
  const contextOf = (step: RestoreStep): StepContext => ({
    ...context,
    saved,
    noted: () => journal.entry.steps[step.id]?.facts ?? {},
    noteFacts: (facts) => journal.step(step.id, null, facts),
    progress: ({ current, ...counts }) => {
      running.set(step.id, { phase: running.get(step.id)?.phase ?? step.component, ...counts })
      tell(current)
    },
    log: (level, text) => job.note(level, text),
    remark: (remark) => void remarks.push(remark),
  })
  const began = (step: RestoreStep, phase: string) => {
    job.note('info', phase)
    running.set(step.id, { phase, bytes: 0, items: 0 })
    tell(null)
    return { [Symbol.dispose]: () => void running.delete(step.id) }
  }
  return { kinds, journal, contextOf, began }
}

/** Plans a restore and keeps the plan as one that was shown; `over`: see `openRestore`. Changes nothing over there. */
export async function planRestore(
  asked: RestoreRequest,
  parts: Pick<RestoreJobParts, 'restorers' | 'shownPlans'> & RestoreParts,
  options: { readonly signal: AbortSignal; readonly over?: OpenServer },
): Promise<{ readonly request: RestoreRequest; readonly plan: RestorePlan }> {
  await using open = await openRestore(asked, parts, options)
  const planned = {
    request: open.context.request,
    plan: await makePlan(parts.restorers, open.context, open),
  }
  parts.shownPlans.add(asked, planned)
  return planned
}

/** Makes one restore, end to end: saves the target, applies, checks, reports. Rolls back what fails. */
export async function runRestore(
  asked: RestoreRequest,
  digest: string,
  { job, parts }: { readonly job: JobContext; readonly parts: RestoreJobParts },
): Promise<JobOutcome> {
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  const startedAt = parts.clock.now().toISOString()
  const { signal } = job
  await using over = await parts.servers.open(parts.profiles.get(asked.to.server), { signal })
  const known = parts.shownPlans.find(asked, digest, parts.clock.now())
  const { request, plan: shown } = known ?? (await planRestore(asked, parts, { signal, over }))
  requireAsShown(shown, digest)
  let safetyBackup: string | null = null
  if (shown.undo.method === 'safety-backup') {
    const destinations = await parts.safetyDestinations()
    const saving = { parts: parts.backups, over, job, destinations, until: undoUntil(parts) }
    safetyBackup = await makeSafetyBackup(request, shown, saving)
  }
  await using open = await openRestore(request, parts, { signal, over })
  const plan = await makePlan(parts.restorers, open.context, open)
  requireAsShown(plan, digest)
  const journal = await parts.journals.begin({
    ...{ job: job.id, startedAt, phase: 'running', request, plan, safetyBackup },
    ...{ mark: open.context.mark, steps: {}, report: null, undoneBy: null },
  })
  return await finishRestore(open, { journal, job, parts })
}

async function openSafety(
  { entry: { safetyBackup } }: RestoreJournal,
  { job, parts }: { readonly job: JobContext; readonly parts: RestoreJobParts },
): Promise<OpenBackup | null> {
  if (safetyBackup === null) return null
  const backup = selectBackup(parts.catalog.list(), safetyBackup)
  return parts.openBackup(backup, { signal: job.signal })
}

/** Applies what of the journal's plan is not applied yet, then checks, lets go and reports. Rolls back what fails. */
export async function finishRestore(
  open: OpenRestore,
  {
    journal,
    job,
    parts,
  }: { readonly journal: RestoreJournal; readonly job: JobContext; readonly parts: RestoreJobParts },
): Promise<JobOutcome> {
  const remarks: Remark[] = []
  await using safety = await openSafety(journal, { job, parts })
  const saved = safety?.reader ?? null
  const applying = applyingOf(open, { journal, kinds: parts.kinds, job, remarks, saved })
  try {
    await applySteps(applying)
    const components = await checkSteps(applying)
    requireWhole(components)
    await journal.update({ phase: 'committing', report: reportOf(journal, { components, remarks, parts }) })
  } catch (error) {
    if (hasCode(error, 'connection-lost') || hasCode(error, 'interrupted')) throw leftOpen(journal, error)
    await takeBack(journal, { job, parts, cause: error })
    throw error
  }
  try {
    await commitSteps(applying)
  } catch (error) {
    job.note(
      'warning',
      'Something that was there before is still on the server; it is removed when Holdfast starts again',
    )
    if (!(error instanceof AppError)) throw error
  }
  const { plan } = journal.entry
  const { overrides } = parts
  const claimed = await claimBrought({ plan, serverId: open.context.target.server.id, overrides })
  if (claimed.length > 0) {
    remarks.push({
      text: `Noted as ${plan.to.account}'s own on ${plan.to.server}, so that its backups there hold it: ${claimed.join(', ')}.`,
      remedy: null,
    })
  }
  const sites = await askSites(open.context, journal.entry.plan)
  const components = journal.entry.report?.components ?? []
  const report = reportOf(journal, { components, remarks: [...remarks, ...sites], parts })
  await limitPin(journal.entry.safetyBackup, report.undo?.until ?? null, { parts: parts.backups, job })
  await journal.update({ phase: 'restored', report })
  const partial = report.outcome === 'restored-in-part'
  return {
    state: partial ? 'partial' : 'succeeded',
    backupId: journal.entry.safetyBackup,
    warnings: remarks.length,
  }
}

function leftOpen(journal: RestoreJournal, cause: unknown): AppError {
  const id = journal.entry.job
  return advisedError(
    'connection-lost',
    advise`The restore was cut off in the middle. What was there before is safe on the server. Go on ${{ way: 'resume', job: id }}, or take it back ${{ way: 'rollback', job: id }}`,
    { cause, details: { job: id, unfinished: true } },
  )
}

/** Rolls back over a connection of its own, for the one before may be what failed, or cancelled. */
export async function takeBack(
  journal: RestoreJournal,
  {
    job,
    parts,
    cause,
  }: { readonly job: JobContext; readonly parts: RestoreJobParts; readonly cause: unknown },
): Promise<void> {
  job.note('warning', 'Taking everything back')
  const remarks: Remark[] = []
  // A cancelled restore is still taken back, so this has a signal of its own.
  const { signal } = new AbortController()
  try {
    await using open = await openAgain(journal, parts, { signal })
    await rollBackSteps(applyingOf(open, { journal, kinds: parts.kinds, job: { ...job, signal }, remarks }))
  } catch (error) {
    if (hasCode(error, 'partial') || hasCode(error, 'conflict')) throw error
    throw leftOpen(journal, error)
  }
  const report = reportOf(journal, { components: [], remarks, parts })
  const until = report.undo?.until ?? null
  await limitPin(journal.entry.safetyBackup, until, { parts: parts.backups, job: { ...job, signal } })
  await journal.update({ phase: 'rolled-back', report: { ...report, outcome: 'rolled-back', undo: null } })
  job.note('info', `Everything is as it was before (${cause instanceof Error ? cause.message : 'asked for'})`)
}

function undoUntil({ clock }: Pick<RestoreJobParts, 'clock'>): string {
  return new Date(clock.now().getTime() + undoDays * 24 * 3_600_000).toISOString()
}

/** What a restore came to, as far as it is known now. */
export function reportOf(
  journal: RestoreJournal,
  {
    components,
    remarks,
    parts,
  }: {
    readonly components: readonly ComponentReport[]
    readonly remarks: readonly Remark[]
    readonly parts: RestoreJobParts
  },
): RestoreReport {
  const { job, plan, startedAt, safetyBackup } = journal.entry
  const now = parts.clock.now()
  const left = plan.notes.filter(({ level, code }) => level === 'warning' && code === 'not-restored')
  const next = plan.notes.filter(({ code }) => code === 'next-step')
  const until = undoUntil(parts)
  return {
    ...{ format: 1, job, startedAt, finishedAt: now.toISOString() },
    outcome: plan.from.result === 'partial' || left.length > 0 ? 'restored-in-part' : 'restored',
    from: plan.from.name,
    to: `${plan.to.server}/${plan.to.account}`,
    components: [...components],
    remarks: [...[...left, ...next].map(({ text, remedy }) => ({ text, remedy })), ...remarks],
    recoverySeconds: null,
    undo: { command: `holdfast undo ${job} --confirm ${plan.to.account}`, until, backup: safetyBackup },
  }
}
