import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import { Id, Instant } from './name.ts'

const Failure = z.object({
  code: z.custom<ErrorCode>((value) => typeof value === 'string'),
  message: z.string(),
})

/** What became of one source in a run. */
export const SourceRun = z.object({
  server: z.string(),
  serverId: z.string(),
  source: z.string(),
  job: Id.nullable(),
  backupId: z.string().nullable(),
  state: z.enum(['waiting', 'running', 'succeeded', 'partial', 'failed']),
  error: Failure.nullable(),
})
export type SourceRun = z.infer<typeof SourceRun>

/**
 * What became of the times at which a schedule was due, one or several that were caught up together. `missed`:
 * nothing ran and nothing will until the next due time; `skipped`: the schedule was paused.
 */
export const ScheduleRun = z.object({
  id: Id,
  scheduleId: z.string(),
  schedule: z.string(),
  /** Started by a person; `count` is 0 then. */
  manual: z.boolean(),
  firstDueAt: Instant,
  dueAt: Instant,
  /** Due times that this stands for. */
  count: z.int(),
  /** At least one of them passed while nothing could run. */
  late: z.boolean(),
  state: z.enum(['waiting', 'running', 'done', 'partial', 'failed', 'missed', 'skipped']),
  /** It does not begin before. */
  notBefore: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  attempts: z.int(),
  sources: z.array(SourceRun),
  /** `SERVER/SOURCE` of what the run before had and this one did not find. */
  vanished: z.array(z.string()),
  error: Failure.nullable(),
  /** When a later run of the schedule went well, for one that did not. */
  madeGoodAt: Instant.nullable(),
})
export type ScheduleRun = z.infer<typeof ScheduleRun>

/** Whether a person should see a run: it did not go well, and none has since. */
export function needsAttention({ state, madeGoodAt }: ScheduleRun): boolean {
  return madeGoodAt === null && (state === 'failed' || state === 'partial' || state === 'missed')
}
