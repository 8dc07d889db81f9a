import { z } from 'zod'
import { Job, JobLogLine } from './model/job.ts'
import { PromptQuestion } from './model/prompt.ts'

/** What the product tells its hosts. Each carries the whole current value, so a lost one costs nothing. */
export const AppEvent = z.discriminatedUnion('type', [
  z.object({ seq: z.int(), type: z.literal('job.changed'), job: Job }),
  z.object({ seq: z.int(), type: z.literal('job.log'), jobId: z.string(), line: JobLogLine }),
  /** A server asks something that only a person can answer; see `prompts.answer`. */
  z.object({ seq: z.int(), type: z.literal('prompt.asked'), prompt: PromptQuestion }),
  /** Nobody waits for its answer any more. */
  z.object({ seq: z.int(), type: z.literal('prompt.ended'), id: z.string() }),
  /** An archive file is being read through; `bytes` are those of the file. */
  z.object({
    seq: z.int(),
    type: z.literal('archive.progress'),
    path: z.string(),
    phase: z.enum(['looking', 'checking', 'unpacking']),
    bytes: z.number(),
    totalBytes: z.number(),
  }),
  z.object({ seq: z.int(), type: z.literal('catalog.changed') }),
  z.object({ seq: z.int(), type: z.literal('servers.changed') }),
  /** A schedule, or what became of one of its due times. */
  z.object({ seq: z.int(), type: z.literal('schedules.changed') }),
  z.object({ seq: z.int(), type: z.literal('destinations.changed') }),
  z.object({ seq: z.int(), type: z.literal('secrets.changed') }),
  z.object({ seq: z.int(), type: z.literal('preferences.changed') }),
  /** Who is told of what, or how that went. */
  z.object({ seq: z.int(), type: z.literal('alerts.changed') }),
  /** Events were missed: refetch everything. */
  z.object({ seq: z.int(), type: z.literal('resync') }),
])
export type AppEvent = z.infer<typeof AppEvent>

/** An event before the bus numbers it. */
export type AppEventBody = AppEvent extends infer Event
  ? Event extends AppEvent
    ? Omit<Event, 'seq'>
    : never
  : never
