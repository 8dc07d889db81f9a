import { AppError, throwIfCancelled, toWire } from '../../../../shared/errors.ts'
import type { JobOutcome, JobContext } from '../../jobs/job-context.ts'
import type { RestoreJournal } from '../journal.ts'
import { whatWasMade } from '../remove-made.ts'
import { resumeRestore, rollBackRestore } from '../resume.ts'
import { runUndo } from '../undo.ts'
import { accountJob, type ServerRestoreParts } from './run-server.ts'
import type { ServerJournal } from './server-journal.ts'

interface Running {
  readonly job: JobContext
  readonly parts: ServerRestoreParts
}

/** The restores of its accounts that are there, the last first. */
function begun(
  { entry }: ServerJournal,
  { journals }: Pick<ServerRestoreParts, 'journals'>,
): { readonly account: string; readonly restore: RestoreJournal }[] {
  return [...entry.plan.accounts].reverse().flatMap(({ account }) => {
    const id = entry.accounts[account]?.restore ?? null
    const restore = id === null ? null : journals.find(id)
    return restore === null ? [] : [{ account, restore }]
  })
}

/** What taking a server's restore back removes, one line each, in that order. */
export function madeOnServer(journal: ServerJournal, parts: Pick<ServerRestoreParts, 'journals'>): string[] {
  return begun(journal, parts).flatMap(({ account, restore }) =>
    restore.entry.undoneBy !== null || restore.entry.phase === 'rolled-back'
      ? []
      : whatWasMade(restore).map((line) => `${account}: ${line}`),
  )
}

async function takeBackOne(restore: RestoreJournal, { job, parts }: Running): Promise<void> {
  const { phase, undoneBy } = restore.entry
  if (phase === 'rolled-back' || undoneBy !== null) return
  if (phase === 'running') {
    await rollBackRestore(restore, { job, parts })
    return
  }
  if (phase === 'committing') await resumeRestore(restore, { job, parts })
  await runUndo(restore, { digest: null, job, parts })
}

/**
 * Removes everything that the restore of a server made, the last account first, also where it stopped in the middle. One
 * that cannot be removed does not keep the others from it; then this throws `partial`, and can be done again.
 */
export async function takeBackServer(journal: ServerJournal, { job, parts }: Running): Promise<JobOutcome> {
  if (journal.entry.phase === 'rolled-back' || journal.entry.undoneBy !== null) {
    throw new AppError('conflict', 'This restore was taken back already. Nothing was changed.')
  }
  const failed: string[] = []
  for (const { account, restore } of begun(journal, parts)) {
    throwIfCancelled(job.signal)
    try {
      await takeBackOne(restore, { job: accountJob(job, account, job.id), parts })
    } catch (error) {
      failed.push(`${account}: ${toWire(error).message}`)
    }
  }
  if (failed.length > 0) {
    throw new AppError('partial', `Not every account could be taken back. ${failed.join(' ')}`, {
      details: { failed },
    })
  }
  const { report } = journal.entry
  await journal.update({
    ...{ phase: 'rolled-back', undoneBy: job.id },
    report: report === null ? null : { ...report, outcome: 'undone' },
  })
  return { state: 'succeeded', backupId: null, warnings: 0 }
}
