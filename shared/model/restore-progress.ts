import { z } from 'zod'
import { RestorePlan, RestoreStep } from './restore-plan.ts'
import { RestoreRequest } from './restore.ts'

/** How far a step has come. Written before the step goes on, so a crash leaves at worst a state too early. */
export const StepState = z.enum([
  'waiting',
  'preparing',
  'prepared',
  'applying',
  'applied',
  'committing',
  'committed',
  'rolling-back',
  'rolled-back',
])
export type StepState = z.infer<typeof StepState>

/** One restore of an account: what was asked for, what was confirmed, and what of it is done. */
export const RestoreProgress = z.strictObject({
  request: RestoreRequest,
  plan: RestorePlan,
  /** The backup that undoing it goes back to; null where there was nothing to save. */
  safetyBackup: z.string().nullable(),
  /** In the order of the plan. */
  steps: z.array(z.strictObject({ step: RestoreStep, state: StepState })),
})
export type RestoreProgress = z.infer<typeof RestoreProgress>
