import type { Client } from '../../shared/client.ts'
import { errorCodes } from '../../shared/errors.ts'
import type { AppEvent } from '../../shared/events.ts'
import type { Job } from '../../shared/model/job.ts'
import type { Output } from './print/output.ts'
import { JobProgress } from './print/job-progress.ts'

const ended = new Set<Job['state']>(['succeeded', 'partial', 'failed', 'cancelled'])

/** The exit code that a job's end stands for. */
export function exitCodeOf(job: Job): number {
  if (job.error) return errorCodes[job.error.code].exit
  return job.state === 'partial' ? errorCodes.partial.exit : 0
}

/**
 * Starts jobs by `start` and follows them to their end, showing progress; Ctrl-C cancels them. Returns them as
 * they ended, in the order in which they were started.
 */
export async function followJobs(
  client: Client,
  start: () => Promise<readonly Job[]>,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<readonly Job[]> {
  const latest = new Map<string, Job>()
  const early: AppEvent[] = []
  let wanted: ReadonlySet<string> | null = null
  const all = Promise.withResolvers<undefined>()
  using progress = new JobProgress(output)

  function take(event: AppEvent): void {
    if (wanted === null) {
      early.push(event)
      return
    }
    if (event.type === 'job.log' && wanted.has(event.jobId)) {
      output.event(event)
      progress.log(event.line)
    }
    if (event.type !== 'job.changed' || !wanted.has(event.job.id)) return
    output.event(event)
    latest.set(event.job.id, event.job)
    progress.show(event.job)
    if ([...wanted].every((id) => ended.has(latest.get(id)?.state ?? 'queued'))) all.resolve(undefined)
  }

  const unsubscribe = client.onEvent(take)
  const lose = () => all.reject(client.closed.reason as Error)
  client.closed.addEventListener('abort', lose, { once: true })
  try {
    const jobs = await start()
    wanted = new Set(jobs.map(({ id }) => id))
    for (const event of early.splice(0)) take(event)
    const cancel = () =>
      void Promise.all(jobs.map(({ id }) => client.call('jobs.cancel', { id }))).catch(all.reject)
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    await all.promise
    signal.removeEventListener('abort', cancel)
    return jobs.map((job) => latest.get(job.id) ?? job)
  } finally {
    unsubscribe()
    client.closed.removeEventListener('abort', lose)
  }
}
