import { z } from 'zod'
import { Id, Instant } from './name.ts'
import { Scope, Trigger } from './backup.ts'
import { ScheduleStamp } from './schedule.ts'
import type { ErrorCode } from '../errors.ts'

export const JobState = z.enum([
  'queued',
  'running',
  'cancelling',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
])
export type JobState = z.infer<typeof JobState>

/** Whole current values, never deltas; bytes are those of the sources, not of the wire. */
export const Progress = z.object({
  phase: z.string(),
  bytes: z.number(),
  items: z.number(),
  /** From the last backup of the same scope or the survey; null where nobody knows, or the counts are beyond it. */
  totalBytes: z.number().nullable(),
  totalItems: z.number().nullable(),
  /** Whether the totals are no more than the sizes on the server's disks and what databases say of themselves. */
  approximate: z.boolean().default(false),
  /** Bytes per second over the last seconds. */
  rate: z.number(),
  secondsLeft: z.number().nullable(),
  current: z.string().nullable(),
})
export type Progress = z.infer<typeof Progress>

export const BackupRequest = z.strictObject({
  server: z.string(),
  source: z.string(),
  scope: Scope,
  destinations: z.array(z.string()),
  /** Paths in an archive of the source that are to be held, and nothing else; empty for everything. */
  only: z.array(z.string()).default([]),
  exclude: z.array(z.string()),
  credentials: z.boolean(),
  trigger: Trigger,
  /** The schedule that asks for it, as the manifest will have it. */
  schedule: ScheduleStamp.optional(),
  /** That schedule's limit. */
  rateMbit: z.number().positive().optional(),
})
export type BackupRequest = z.infer<typeof BackupRequest>

/** A copy that a backup was asked for and that it did not make, with the reason. */
export const MissingCopy = z.object({
  destination: z.string(),
  code: z.custom<ErrorCode>((value) => typeof value === 'string'),
  message: z.string(),
})
export type MissingCopy = z.infer<typeof MissingCopy>

/** One execution. `error` is set for failed and cancelled, `backupId` once there is an archive. */
export const Job = z.object({
  id: Id,
  kind: z.enum(['backup', 'verify', 'restore', 'undo', 'rollback', 'drill', 'copy', 'prune']),
  state: JobState,
  title: z.string(),
  request: BackupRequest.nullable(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  progress: Progress.nullable(),
  backupId: z.string().nullable(),
  warnings: z.int(),
  missingCopies: z.array(MissingCopy).default([]),
  error: z
    .object({
      code: z.custom<ErrorCode>((value) => typeof value === 'string'),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    })
    .nullable(),
})
export type Job = z.infer<typeof Job>

export const JobLogLine = z.object({
  at: Instant,
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
})
export type JobLogLine = z.infer<typeof JobLogLine>
