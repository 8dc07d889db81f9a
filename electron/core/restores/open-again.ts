import { AppError } from '../../../shared/errors.ts'
import type { RestoreJournal } from './journal.ts'
import { openRestore, type OpenRestore, type RestoreParts } from './open-restore.ts'

/**
 * Opens what a journal is about once more. Throws `conflict` where another machine answers by now than the one that
 * the plan was made on: its steps mean nothing there.
 */
export async function openAgain(
  { entry: { job, plan, request } }: RestoreJournal,
  parts: RestoreParts,
  { signal }: { readonly signal: AbortSignal },
): Promise<OpenRestore> {
  const open = await openRestore(request, parts, { signal })
  const { machine } = open.context.target.survey
  if (plan.to.machine === null || machine === plan.to.machine) return open
  await open[Symbol.asyncDispose]()
  throw new AppError(
    'conflict',
    `Another machine answers as ${plan.to.server} than the one on which this restore began. Nothing was done on it; what was there before is still on the first. Bring that back under this address and try again; the restore is ${job}.`,
    { details: { job, unfinished: true } },
  )
}
