import type { JobContext } from '../jobs/job-context.ts'
import { forgetBrought } from './claims.ts'
import { applyingOf, type RestoreJobParts } from './restore-job.ts'
import { kindOf } from './apply-plan.ts'
import type { RestoreJournal } from './journal.ts'
import { openAgain } from './open-again.ts'

/** Steps that noted that they made something where there was nothing. */
function makingSteps({ entry }: RestoreJournal) {
  return [...entry.plan.steps].reverse().filter(({ id }) => entry.steps[id]?.facts['made'] === true)
}

/** What a restore made where there was nothing, one line each, in the order in which undo removes it. */
export function whatWasMade(journal: RestoreJournal): string[] {
  return makingSteps(journal).map(({ undo }) => undo)
}

/** Removes it. What is gone already is no error. */
export async function removeWhatWasMade(
  journal: RestoreJournal,
  { job, parts }: { readonly job: JobContext; readonly parts: RestoreJobParts },
): Promise<void> {
  const steps = makingSteps(journal)
  if (steps.length === 0) return
  await using open = await openAgain(journal, parts, { signal: job.signal })
  const { contextOf, kinds } = applyingOf(open, { journal, kinds: parts.kinds, job, remarks: [] })
  for (const step of steps) {
    job.note('info', step.undo)
    await kindOf(kinds, step).remove?.(step, contextOf(step))
  }
  const { overrides } = parts
  await forgetBrought({ plan: journal.entry.plan, serverId: open.context.target.server.id, overrides })
}
