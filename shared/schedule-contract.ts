import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { Instant, ProfileName } from './model/name.ts'
import { Job } from './model/job.ts'
import { PrunePlan } from './model/prune.ts'
import { Retention, Schedule, ScheduleDraft } from './model/schedule.ts'
import { ScheduleRun } from './model/schedule-run.ts'
import { command, query } from './procedure.ts'

const none = z.strictObject({})
const byName = z.strictObject({ name: ProfileName })

/** A schedule as it is given: its servers by name. */
export const GivenSchedule = ScheduleDraft.extend({
  sources: z
    .array(
      z.discriminatedUnion('pick', [
        z.strictObject({
          pick: z.literal('source'),
          server: ProfileName,
          source: z.string().min(1).max(255),
        }),
        z.strictObject({ pick: z.literal('accounts'), server: ProfileName }),
        z.strictObject({ pick: z.literal('server'), server: ProfileName }),
      ]),
    )
    .min(1, 'A schedule needs at least one source.')
    .max(1000),
})
export type GivenSchedule = z.infer<typeof GivenSchedule>

/** A schedule with what it comes to. */
export const ScheduleRow = z.strictObject({
  schedule: Schedule,
  /** Null while it is paused without an end. */
  next: Instant.nullable(),
  /** Its retention as a sentence. */
  retention: z.string(),
  /** The run that waits or is under way. */
  open: ScheduleRun.nullable(),
  /** Runs that did not go well, with none since that did. */
  attention: z.array(ScheduleRun),
})
export type ScheduleRow = z.infer<typeof ScheduleRow>

/** Whether a source is protected, and why not; sentences for people. */
export const ProtectionRow = z.strictObject({
  server: z.string(),
  source: z.string(),
  protected: z.boolean(),
  why: z.array(z.string()),
  /** Copies that its backups lack and that are tried again by themselves. */
  missingCopies: z.int(),
  newest: Instant.nullable(),
})
export type ProtectionRow = z.infer<typeof ProtectionRow>

/** A missing copy that was tried again, or a copy that was read back. */
export const CopyAttempt = z.strictObject({
  backup: z.string(),
  name: z.string(),
  destination: z.string(),
  /** Null where it was made, or is good. */
  error: z
    .strictObject({ code: z.custom<ErrorCode>((value) => typeof value === 'string'), message: z.string() })
    .nullable(),
})
export type CopyAttempt = z.infer<typeof CopyAttempt>

/** What was done for copies by itself. */
export const UpkeepReport = z.strictObject({
  copies: z.array(CopyAttempt),
  readBacks: z.array(CopyAttempt),
})
export type UpkeepReport = z.infer<typeof UpkeepReport>

/** What runs by itself. */
export const scheduleContract = {
  'schedules.add': command(z.strictObject({ draft: GivenSchedule }), ScheduleRow),
  'schedules.edit': command(
    z.strictObject({ name: ProfileName, change: GivenSchedule.partial() }),
    ScheduleRow,
  ),
  'schedules.list': query(none, z.strictObject({ schedules: z.array(ScheduleRow) })),
  /** `runs`: what became of its due times, newest first. */
  'schedules.show': query(byName, ScheduleRow.extend({ runs: z.array(ScheduleRun) })),
  'schedules.preview': query(
    z.strictObject({ name: ProfileName, count: z.int().min(1).max(100) }),
    z.strictObject({ zone: z.string(), runs: z.array(Instant) }),
  ),
  /** `name` null: all. */
  'schedules.pause': command(
    z.strictObject({ name: ProfileName.nullable(), until: Instant.nullable() }),
    z.strictObject({ schedules: z.array(ScheduleRow) }),
  ),
  'schedules.resume': command(
    z.strictObject({ name: ProfileName.nullable() }),
    z.strictObject({ schedules: z.array(ScheduleRow) }),
  ),
  /** Stops the run that is open, keeps what it has backed up, and goes on with it after `until`. */
  'schedules.putOff': command(byName.extend({ until: Instant }), ScheduleRow),
  /** Backups stay, and are nobody's to remove any more. */
  'schedules.remove': command(byName, none),
  /** Starts a run now and resolves at once. */
  'schedules.run': command(byName, z.strictObject({ run: ScheduleRun })),
  /** How every source stands that a schedule or a backup has. */
  'protection.list': query(none, z.strictObject({ sources: z.array(ProtectionRow) })),
  /** Says that a backup's size is right, so that it counts, and later ones are compared with it. */
  'backups.acceptSize': command(z.strictObject({ backup: z.string().min(1).max(512) }), none),
  /** What retention would do now, by the code that does it; `retention` given: by these rules instead of its own. */
  'schedules.planPrune': query(
    byName.extend({ retention: Retention.nullable().optional() }),
    z.strictObject({ plans: z.array(PrunePlan) }),
  ),
  /** `confirmed`: the words of plans that take away much at once. */
  'schedules.prune': command(
    byName.extend({ confirmed: z.array(z.string().max(64)).max(20) }),
    z.strictObject({ job: Job }),
  ),
  /** Starts what is due, missing copies and reading back included, and resolves when it has ended. */
  'schedules.runDue': command(none, UpkeepReport.extend({ runs: z.array(ScheduleRun) })),
} as const
