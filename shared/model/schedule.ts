import { z } from 'zod'
import { complaintAboutCron } from '../cron-expression.ts'
import { Scope } from './backup.ts'
import { Id, Instant, ProfileName } from './name.ts'

/** A time on the clock of the schedule's zone. */
export const LocalTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time is HH:MM, from 00:00 to 23:59, like 02:00.')

export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
export type Weekday = z.infer<typeof Weekday>

const MonthDay = z.union([
  z.int().min(1).max(28, 'Not every month has a day after the 28th; use "last" for the last day.'),
  z.literal('last'),
])

const CronExpression = z
  .string()
  .max(200)
  .superRefine((expression, context) => {
    const complaint = complaintAboutCron(expression)
    if (complaint !== null) context.addIssue({ code: 'custom', message: complaint })
  })

export const ScheduleTimes = z.discriminatedUnion('every', [
  z.strictObject({ every: z.literal('day'), at: LocalTime }),
  z.strictObject({ every: z.literal('week'), on: Weekday, at: LocalTime }),
  z.strictObject({ every: z.literal('month'), on: MonthDay, at: LocalTime }),
  z.strictObject({ every: z.literal('cron'), expression: CronExpression }),
])
export type ScheduleTimes = z.infer<typeof ScheduleTimes>

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return !/^[+-]/.test(zone)
  } catch {
    return false
  }
}

/** An IANA time zone. */
export const Zone = z.string().max(64).refine(isZone, 'That is no time zone; use one like Europe/Madrid.')

/** Whom a schedule backs up. Servers stand by their id, so that a new name changes nothing. */
export const ScheduleSource = z.discriminatedUnion('pick', [
  z.strictObject({ pick: z.literal('source'), serverId: Id, source: z.string().min(1).max(255) }),
  /** Every account that is there when the schedule runs. */
  z.strictObject({ pick: z.literal('accounts'), serverId: Id }),
  /** Every source of any kind that is there when the schedule runs. */
  z.strictObject({ pick: z.literal('server'), serverId: Id }),
])
export type ScheduleSource = z.infer<typeof ScheduleSource>

const many = z
  .int()
  .min(1, 'Keep at least 1. To keep none of these, leave the rule out.')
  .max(10_000)
  .nullable()

/** What is kept of a schedule's own backups of one source at one destination; a null rule keeps nothing by itself. */
export const Retention = z
  .strictObject({
    last: many,
    daily: many,
    weekly: many,
    monthly: many,
    yearly: many,
    withinDays: many,
  })
  .refine(
    (rules) => Object.values(rules).some((rule) => rule !== null),
    'A retention without a rule would keep nothing. Give at least one, like last=7, or none at all to keep everything.',
  )
export type Retention = z.infer<typeof Retention>

/** What to do about due times that passed while nothing could run. */
export const MissedPolicy = z.discriminatedUnion('then', [
  /** Once, as soon as possible. */
  z.strictObject({ then: z.literal('run') }),
  /** Once, where the latest is no more than so many hours ago; else as `wait`. */
  z.strictObject({ then: z.literal('run-within'), hours: z.int().min(1).max(8784) }),
  /** Wait for the next due time. */
  z.strictObject({ then: z.literal('wait') }),
])
export type MissedPolicy = z.infer<typeof MissedPolicy>

const Url = z
  .url({ protocol: /^https?$/, error: 'That is no web address; it begins with https:// or http://.' })
  .max(2048)

/** All that a person decides about a schedule. */
export const ScheduleDraft = z.strictObject({
  name: ProfileName,
  times: ScheduleTimes,
  zone: Zone,
  sources: z.array(ScheduleSource).min(1, 'A schedule needs at least one source.').max(1000),
  scope: Scope,
  destinations: z.array(ProfileName).min(1, 'A schedule needs at least one destination.').max(20),
  exclude: z.array(z.string().min(1).max(4096)).max(1000),
  credentials: z.boolean(),
  /** Null keeps everything. */
  retention: Retention.nullable(),
  /** A run begins up to so many minutes after it is due, by chance. */
  jitterMinutes: z.int().min(0).max(720),
  /** Backups of one server that this schedule lets run at the same time. */
  perServer: z.int().min(1).max(16),
  /** Times of the day, in the schedule's zone, in which backups may begin; null: any. */
  window: z
    .strictObject({ from: LocalTime, to: LocalTime })
    .refine(({ from, to }) => from !== to, 'A window that ends when it begins is never open.')
    .nullable(),
  /**
   * Megabits per second that its runs may take together, from servers, and as many to destinations elsewhere. Null or
   * absent: no limit but those of servers and destinations.
   */
  rateMbit: z.number().positive('A limit is more than 0 Mbit/s.').max(100_000).nullable().optional(),
  missed: MissedPolicy,
  /** Asked for after each run that went well, in the manner of healthchecks.io; `/start` and `/fail` behind it otherwise. */
  pingUrl: Url.nullable(),
})
export type ScheduleDraft = z.infer<typeof ScheduleDraft>

/** `until` null: until somebody resumes it. */
export const Pause = z.strictObject({ since: Instant, until: Instant.nullable() })
export type Pause = z.infer<typeof Pause>

export const Schedule = z.strictObject({
  ...ScheduleDraft.shape,
  id: Id,
  createdAt: Instant,
  paused: Pause.nullable(),
})
export type Schedule = z.infer<typeof Schedule>

/** What a schedule's backup carries of it. */
export const ScheduleStamp = z.object({ id: z.string(), name: z.string(), retention: z.unknown() })
export type ScheduleStamp = z.infer<typeof ScheduleStamp>
