import type { Backup } from '../../../shared/model/backup.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import { copyBackup, type CopyParts } from './copy-backup.ts'

/** Queues one more copy of a backup; nothing else works on the same backup meanwhile. */
export function startCopy(
  backup: Backup,
  destination: string,
  { jobs, backupParts }: { readonly jobs: JobQueue; readonly backupParts: CopyParts },
): Promise<Job> {
  return jobs.start({
    kind: 'copy',
    title: `${backup.name} to ${destination}`,
    request: null,
    lock: backup.id,
    run: (context) => copyBackup(backup, destination, context, backupParts),
  })
}
