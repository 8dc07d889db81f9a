import { randomInt } from 'node:crypto'
import type { Schedule } from '../../../shared/model/schedule.ts'
import type { ScheduleRun } from '../../../shared/model/schedule-run.ts'
import type { BackupParts } from '../backups/backup-run.ts'
import { startBackup } from '../backups/start-backup.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { LastLooks } from '../sources/last-looks.ts'
import { lookAtServer } from '../sources/look-at-server.ts'
import type { RunHistory } from './run-history.ts'
import type { ScheduleProfiles } from './schedule-profiles.ts'
import { Scheduler } from './scheduler.ts'

interface Parts {
  readonly backupParts: BackupParts
  readonly jobs: JobQueue
  readonly looks: LastLooks
  readonly schedules: ScheduleProfiles
  readonly history: RunHistory
  readonly onBegin: (run: ScheduleRun, schedule: Schedule) => Promise<void>
  readonly onEnd: (run: ScheduleRun, schedule: Schedule) => Promise<void>
}

/** The scheduler over the real servers and the real queue. Runs that the last process left are taken up again. */
export async function openScheduler(parts: Parts): Promise<Scheduler> {
  const { backupParts, jobs, schedules, history, onBegin, onEnd } = parts
  const { clock, log, profiles } = backupParts
  const scheduler = new Scheduler({
    ...{ clock, log, history, onBegin, onEnd, profiles: schedules },
    chance: () => randomInt(2 ** 32) / 2 ** 32,
    jobs: {
      start: (request, serverId) => startBackup(request, serverId, parts),
      settled: (id) => jobs.settled(id),
      cancel: (id) => jobs.cancel(id),
      find: (id) => jobs.list().find((job) => job.id === id) ?? null,
    },
    servers: {
      nameOf: (id) => profiles.named(id)?.name ?? null,
      look: async (id, { signal }) => {
        const server = profiles.named(id)
        if (server === null) return []
        return (await lookAtServer({ ...backupParts, looks: parts.looks }, server, { signal, sizes: false }))
          .sources
      },
    },
  })
  await scheduler.recover()
  return scheduler
}
