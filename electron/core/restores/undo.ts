import { AppError } from '../../../shared/errors.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import type { RestoreJournal } from './journal.ts'
import { runRestore, type RestoreJobParts } from './restore-job.ts'
import { removeWhatWasMade } from './remove-made.ts'
import { addsOnly, itemAtTarget } from './undo-items.ts'

/**
 * The restore that undoes another: from its safety backup, with the same scope and items, into the same account, and
 * what was not there before is removed. Null where there was nothing before at all. Throws `conflict` where it was undone already or is too old.
 */
export function undoRequest(
  { entry }: RestoreJournal,
  { clock }: Pick<RestoreJobParts, 'clock'>,
): RestoreRequest | null {
  const { request, report, phase, undoneBy, safetyBackup } = entry
  if (phase !== 'restored' || report?.undo == null) {
    throw new AppError('conflict', 'Only a restore that came to its end can be undone. Nothing was changed.')
  }
  if (undoneBy !== null)
    throw new AppError('conflict', 'This restore was undone already. Nothing was changed.')
  if (Date.parse(report.undo.until) < clock.now().getTime()) {
    throw new AppError(
      'conflict',
      `This restore could be undone until ${report.undo.until}. Nothing was changed.`,
    )
  }
  if (safetyBackup === null || addsOnly(request)) return null
  return {
    ...request,
    items: request.items.map((item) => itemAtTarget(item, entry.plan.mapping)),
    from: { kind: 'backup', backup: safetyBackup, destination: null },
    ...{ map: [], keepExtra: false, mail: 'replace', tableAs: null, create: false, enableCron: true },
    undoes: entry.job,
  }
}

/** Undoes a restore. A safety backup is made of this too, so an undo can be undone. */
export async function runUndo(
  journal: RestoreJournal,
  {
    digest,
    job,
    parts,
  }: { readonly digest: string | null; readonly job: JobContext; readonly parts: RestoreJobParts },
): Promise<JobOutcome> {
  const request = undoRequest(journal, parts)
  const outcome = request === null ? null : await runRestore(request, digest ?? '', { job, parts })
  await removeWhatWasMade(journal, { job, parts })
  await journal.update({ undoneBy: job.id })
  return outcome ?? { state: 'succeeded', backupId: null, warnings: 0 }
}
