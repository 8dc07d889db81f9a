import type { RestoreStep, StepOf } from '../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../shared/model/restore-report.ts'
import type { StepContext } from './restore-context.ts'

/**
 * How one kind of step is done, checked and taken back. A step may be ended by a crash anywhere: `rollback` and
 * `commit` work from what the step has noted and from what they find over there, and may be called more than once.
 */
export interface StepKind<S extends RestoreStep = RestoreStep> {
  /**
   * Brings everything over there that `apply` needs, beside what is in use and without touching it. All steps are
   * prepared before the first is applied, so that the target is half new for as short a time as can be.
   */
  prepare?(step: S, context: StepContext): Promise<void>
  /** Does it. What was there before stays beside it until `commit`. Throws `AppError`; the engine then rolls back. */
  apply(step: S, context: StepContext): Promise<void>
  /** Counts what is right now, by reading it over there. Null where there is nothing to count. */
  check(step: S, context: StepContext): Promise<ComponentReport | null>
  /** Puts everything back as it was before `prepare`, however far that and `apply` came. */
  rollback(step: S, context: StepContext): Promise<void>
  /** Lets go of what was there before. Called once every step has been checked. */
  commit(step: S, context: StepContext): Promise<void>
  /**
   * Takes back what no backup holds, long after `commit`: that something did not exist. Called by undo, after the safety
   * backup was restored, for steps that noted `made: true`. What is gone already is no error.
   */
  remove?(step: S, context: StepContext): Promise<void>
}

/** Every kind that can be done. */
export type StepKinds = { readonly [K in RestoreStep['kind']]?: StepKind<StepOf<K>> }
