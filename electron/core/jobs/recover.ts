import type { Remedy } from '../../../shared/advice.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { Clock } from '../ports.ts'
import type { Claim, JobRecord } from './job-context.ts'
import type { JobStore } from './job-store.ts'

interface Recovery {
  readonly clock: Clock
  readonly clean: (claim: Claim) => Promise<boolean>
  /** What a person should know of such a job beside that; null for the usual sentence. */
  readonly explain: (job: Job) => string | Remedy | null
}

const unfinished = new Set<Job['state']>(['queued', 'running', 'cancelling'])

/** A job's last state when the process that ran it is gone. */
function interrupted(job: Job, { clock, explain }: Pick<Recovery, 'clock' | 'explain'>): Job {
  const said = explain(job) ?? 'Holdfast ended while this ran. Earlier backups are untouched; start it again.'
  const { remedy: message, advice } = typeof said === 'string' ? { remedy: said, advice: undefined } : said
  return {
    ...job,
    state: 'failed',
    finishedAt: clock.now().toISOString(),
    error: { code: 'interrupted', message, ...(advice === undefined ? {} : { details: { advice } }) },
  }
}

/**
 * Tells the truth about jobs that were running when the process ended: they failed, interrupted. `clean` removes
 * what such a job had begun at a destination; a claim that cannot be removed now is kept for the next start.
 */
export async function recoverJobs(
  store: JobStore,
  { clock, clean, explain }: Recovery,
): Promise<readonly Job[]> {
  const ended: Job[] = []
  for (const record of store.list()) {
    const lost = unfinished.has(record.job.state)
    if (!lost && record.claims.length === 0) continue
    const claims: Claim[] = []
    for (const claim of record.claims) if (!(await clean(claim))) claims.push(claim)
    const next: JobRecord = { job: lost ? interrupted(record.job, { clock, explain }) : record.job, claims }
    await store.save(next)
    if (lost) ended.push(next.job)
  }
  return ended
}
