import type { BackupRequest, Job } from '../../../shared/model/job.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import { runBackup } from './backup.ts'
import type { BackupParts } from './backup-run.ts'

/** Queues a backup; two of the same source never run at the same time. `serverId` is the profile's. */
export function startBackup(
  request: BackupRequest,
  serverId: string,
  { jobs, backupParts }: { readonly jobs: JobQueue; readonly backupParts: BackupParts },
): Promise<Job> {
  return jobs.start({
    kind: 'backup',
    title: `${request.server}/${request.source}`,
    request,
    lock: `${serverId}/${request.source}`,
    run: (job) => runBackup(request, job, backupParts),
  })
}
