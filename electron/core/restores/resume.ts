import { AppError } from '../../../shared/errors.ts'
import { isThrowaway } from '../../../shared/throwaway.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import type { RestoreJournal } from './journal.ts'
import { openAgain } from './open-again.ts'
import { finishRestore, takeBack, type RestoreJobParts } from './restore-job.ts'

interface Resuming {
  readonly job: JobContext
  readonly parts: RestoreJobParts
}

function requireUnfinished({ entry }: RestoreJournal): void {
  if (entry.phase === 'running' || entry.phase === 'committing') return
  const how = entry.phase === 'restored' ? 'came to its end' : 'was taken back'
  throw new AppError('conflict', `This restore ${how}; there is nothing to go on with. Nothing was changed.`)
}

/** Goes on where a crash or a broken connection ended a restore: with the plan that was confirmed, unchanged. */
export async function resumeRestore(journal: RestoreJournal, { job, parts }: Resuming): Promise<JobOutcome> {
  requireUnfinished(journal)
  if (isThrowaway(journal.entry.request.to.account)) {
    throw new AppError(
      'conflict',
      `This was a drill; what is left of its throwaway account is only removed. Nothing was changed; do that with: holdfast restore rollback ${journal.entry.job}`,
    )
  }
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  await using open = await openAgain(journal, parts, { signal: job.signal })
  return await finishRestore(open, { journal, job, parts })
}

/** Takes such a restore back. One that is checked already is only cleared up after. */
export async function rollBackRestore(
  journal: RestoreJournal,
  { job, parts }: Resuming,
): Promise<JobOutcome> {
  requireUnfinished(journal)
  if (journal.entry.phase === 'committing') {
    throw new AppError(
      'conflict',
      `This restore was finished and checked, and only its clearing up was not. Nothing was changed; go on with: holdfast restore resume ${journal.entry.job}`,
    )
  }
  await takeBack(journal, { job, parts, cause: null })
  return { state: 'succeeded', backupId: journal.entry.safetyBackup, warnings: 0 }
}
