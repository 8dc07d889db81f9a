import type { Job, JobLogLine } from '../../../shared/model/job.ts'
import { inventedId } from '../../fixtures/write-backups.ts'

/** When the pictures are taken, UTC. */
export const pictured = new Date('2026-04-08T14:32:12.000Z')
/** A time of that day, like `14:27:40`. */
export const today = (time: string): string => `2026-04-08T${time.padEnd(8, ':00')}.000Z`

const base: Omit<Job, 'id' | 'title' | 'request' | 'createdAt' | 'startedAt' | 'progress'> = {
  ...{ kind: 'backup', state: 'running', finishedAt: null, backupId: null, warnings: 0 },
  ...{ missingCopies: [], error: null },
}

/** The backup that is under way. */
export const cedarlaw: Job = {
  ...base,
  ...{ id: inventedId('scene/cedarlaw', pictured), title: 'harbor-1/cedarlaw' },
  request: {
    ...{ server: 'harbor-1', source: 'cedarlaw', scope: 'full', only: [], exclude: [] },
    ...{ credentials: true, trigger: 'on-demand' },
    destinations: ['this-computer', 'Backblaze-B2', 'Amazon-S3'],
  },
  ...{ createdAt: today('14:27:40'), startedAt: today('14:27:40') },
  progress: {
    ...{ phase: 'Email', bytes: 11.4e9, totalBytes: 18.6e9, items: 61_380, totalItems: 98_500 },
    ...{ approximate: false, rate: 41.8e6, secondsLeft: 180, current: 'mail/cedarlaw.example/office' },
  },
}

/** The check that is under way. */
export const museumNoord: Job = {
  ...base,
  ...{ kind: 'verify', id: inventedId('scene/museum-noord', pictured), title: 'museum-noord' },
  ...{ request: null, createdAt: today('14:28'), startedAt: today('14:28') },
  progress: {
    ...{ phase: 'verifying', bytes: 8.54e9, totalBytes: 9.7e9, items: 0, totalItems: null },
    ...{ approximate: false, rate: 48.2e6, secondsLeft: 60, current: null },
  },
}

const line = (time: string, text: string, level: JobLogLine['level'] = 'info'): JobLogLine => ({
  at: today(time),
  ...{ level, text },
})

export const cedarlawLog: readonly JobLogLine[] = [
  line('14:27:41', 'Connected to web1.harborline.example, host key matches'),
  line('14:27:44', 'Dumping cedarlaw_wp with --single-transaction (402 MB)'),
  line('14:27:55', '3 of 3 dumped, row counts recorded'),
  line('14:27:55', 'Reading /home/cedarlaw, 2 exclusions (cache/, .trash/)'),
  line('14:28:50', 'logs/access_log grew while being read, kept the first 18.2 MB', 'warning'),
  line('14:29:26', '42,318 files, 3.9 GB'),
  line('14:31:02', 'Part 112 retried after a timeout, no data lost'),
  line('14:31:14', 'info@cedarlaw.example: 6,120 messages, 702 MB'),
  line('14:31:20', 'm.cedar@cedarlaw.example: 11,873 messages, 391 MB'),
  line('14:31:44', '9.0 GB written, 318 GB free'),
  line('14:32:02', 'Part 140 of about 243 sent'),
  line('14:32:10', 'office@cedarlaw.example: reading 38,204 messages, 5.8 GB'),
  line('14:32:12', 'Part 141 of about 243 sent'),
]
