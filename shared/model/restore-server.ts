import { z } from 'zod'
import { Scope } from './backup.ts'
import { Instant, ProfileName, Sha256 } from './name.ts'
import { PlanNote, PlanSpace, RestorePlan } from './restore-plan.ts'
import { RestoreRequest } from './restore.ts'

/** All accounts of a server that is lost, to be made on another. */
export const ServerRestoreRequest = z.strictObject({
  /** The server whose backups are meant; it need not be there any more. */
  from: ProfileName,
  to: ProfileName,
  scope: Scope,
  /** Accounts that are left out. */
  without: z.array(z.string().min(1).max(255)).max(10_000),
  /** Takes the crontabs into use at once. */
  enableCron: z.boolean(),
})
export type ServerRestoreRequest = z.infer<typeof ServerRestoreRequest>

/** One account of such a plan: what is restored, and the plan that it has by itself. */
export const AccountOfPlan = z.strictObject({
  account: z.string(),
  request: RestoreRequest,
  plan: RestorePlan,
})
export type AccountOfPlan = z.infer<typeof AccountOfPlan>

/** What restoring a whole server will do: the plans of its accounts, in the order in which they are made. */
export const ServerRestorePlan = z.strictObject({
  format: z.literal(1),
  /** SHA-256 over the digests of all accounts and who is left out. */
  digest: Sha256,
  madeAt: Instant,
  from: z.string(),
  to: z.strictObject({ server: z.string(), host: z.string(), machine: z.string().nullable() }),
  accounts: z.array(AccountOfPlan),
  /** Accounts that have no complete, verified backup, each with the reason. */
  missing: z.array(z.strictObject({ account: z.string(), why: z.string() })),
  /** What forbids it first, then what is taken there, then the rest; each begins with its account. */
  notes: z.array(PlanNote),
  /** Of all accounts together, one for each file system. */
  space: z.array(PlanSpace),
})
export type ServerRestorePlan = z.infer<typeof ServerRestorePlan>
