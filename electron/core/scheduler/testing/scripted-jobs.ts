import { v7 as uuid } from 'uuid'
import { AppError, type ErrorCode } from '../../../../shared/errors.ts'
import type { BackupRequest } from '../../../../shared/model/job.ts'
import type { JobContext, JobOutcome } from '../../jobs/job-context.ts'
import type { JobQueue } from '../../jobs/job-queue.ts'
import type { BackupJobs } from '../execute.ts'

/** How a scripted backup ends: like a real one, or with an error of this code. */
export type ScriptedEnd = 'succeeded' | 'partial' | ErrorCode

export interface ScriptedBackup {
  readonly request: BackupRequest
  readonly job: JobContext
}

/** The real queue, with backups that do what a test says. */
export function scriptedJobs(
  queue: JobQueue,
  script: (backup: ScriptedBackup) => ScriptedEnd | Promise<ScriptedEnd>,
): BackupJobs {
  const run = async (request: BackupRequest, job: JobContext): Promise<JobOutcome> => {
    const state = await script({ request, job })
    if (state !== 'succeeded' && state !== 'partial') throw new AppError(state, `Scripted: ${state}.`)
    return { state, backupId: uuid(), warnings: 0 }
  }
  return {
    start: (request, serverId) =>
      queue.start({
        ...{ kind: 'backup', title: `${request.server}/${request.source}`, request },
        ...{ lock: `${serverId}/${request.source}`, run: (job) => run(request, job) },
      }),
    settled: (id) => queue.settled(id),
    cancel: (id) => queue.cancel(id),
    find: (id) => queue.list().find((job) => job.id === id) ?? null,
  }
}
