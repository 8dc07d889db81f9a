import { z } from 'zod'
import { Job } from './model/job.ts'
import { Instant, ProfileName, Sha256 } from './model/name.ts'
import { RestorePlan } from './model/restore-plan.ts'
import { RestoreProgress } from './model/restore-progress.ts'
import { RestoreReport } from './model/restore-report.ts'
import { ServerRestorePlan, ServerRestoreRequest } from './model/restore-server.ts'
import { RestoreRequest } from './model/restore.ts'
import { command, query, type Procedure } from './procedure.ts'
import { SourceRef } from './source-ref.ts'

const none = z.strictObject({})
const byJob = z.strictObject({ job: z.uuid() })

/** One restore, as far as it has come. */
export const RestoreSummary = z.strictObject({
  job: z.string(),
  startedAt: Instant,
  /** `running` without a job that runs: a crash or a broken connection ended it; resume or roll it back. */
  phase: z.enum(['running', 'committing', 'restored', 'rolled-back']),
  /** Where a crash or a broken connection ended it and nothing works on it: how far it came, and what to do. */
  unfinished: z.string().nullable(),
  from: z.string(),
  /** `account` null: all accounts of a server. */
  to: z.strictObject({ server: z.string(), account: z.string().nullable() }),
  undo: z.strictObject({ until: Instant, undoneBy: z.string().nullable() }).nullable(),
})
export type RestoreSummary = z.infer<typeof RestoreSummary>

/** Restores, drills, and what comes after them. */
export const restoreContract = {
  /** Plans against the target as it is now; nothing is changed over there. */
  'restores.plan': query(z.strictObject({ request: RestoreRequest }), z.strictObject({ plan: RestorePlan })),
  /** `digest` of the plan that was shown; `confirm`: the target account's name, typed. */
  'restores.start': command(
    z.strictObject({ request: RestoreRequest, digest: Sha256, confirm: z.string().max(255) }),
    z.strictObject({ job: Job }),
  ),
  /** Plans all accounts of a lost server against an empty one; nothing is changed over there. */
  'restores.planServer': query(
    z.strictObject({ request: ServerRestoreRequest }),
    z.strictObject({ plan: ServerRestorePlan }),
  ),
  /** `confirm`: the target server's name, typed. What follows a restore follows this one too, by its job. */
  'restores.startServer': command(
    z.strictObject({ request: ServerRestoreRequest, digest: Sha256, confirm: z.string().max(255) }),
    z.strictObject({ job: Job }),
  ),
  /** What was confirmed, and how far each of its steps has come, in the order of the plan. */
  'restores.show': query(byJob, RestoreProgress),
  'restores.list': query(none, z.strictObject({ restores: z.array(RestoreSummary) })),
  /** What going on with a restore would do otherwise than was confirmed; null where nothing. */
  'restores.planResume': query(byJob, z.strictObject({ plan: ServerRestorePlan.nullable() })),
  /**
   * Goes on with a restore that a crash or a broken connection ended. Where it would not do what was confirmed: `digest`
   * of the plan that was shown, and `confirm`, the target server's name, typed.
   */
  'restores.resume': command(
    byJob.extend({ digest: Sha256.nullable().default(null), confirm: z.string().max(255).default('') }),
    z.strictObject({ job: Job }),
  ),
  /** Takes such a restore back. */
  'restores.rollback': command(byJob, z.strictObject({ job: Job })),
  /** What undoing a restore would do. */
  'restores.planUndo': query(
    byJob,
    /** `plan` null: there was nothing before; `removes`: what the restore made, one line each. */
    z.strictObject({ plan: RestorePlan.nullable(), removes: z.array(z.string()) }),
  ),
  'restores.undo': command(
    byJob.extend({ digest: Sha256.nullable(), confirm: z.string().max(255) }),
    z.strictObject({ job: Job }),
  ),
  'restores.report': query(byJob, z.strictObject({ report: RestoreReport })),

  /** Proves the newest complete backup of a source: restored on `on` into an account that is made and removed again. */
  'drills.start': command(SourceRef.extend({ on: ProfileName }), z.strictObject({ job: Job })),

  /** Takes the crontab lines into use that a restore put there commented out; `enabled`: how many. */
  'cron.enable': command(SourceRef, z.strictObject({ enabled: z.int() })),
} as const satisfies Record<string, Procedure>
