import type { ComponentKind, Scope } from '../../../shared/model/backup.ts'
import type { ComponentPlan, PlanSpace, RestoreStep } from '../../../shared/model/restore-plan.ts'
import type { DatabaseEngine } from '../../../shared/model/source.ts'
import type { PlanContext } from './restore-context.ts'

/** A step before the planner numbers it. */
export type NewStep = RestoreStep extends infer S ? (S extends RestoreStep ? Omit<S, 'id'> : never) : never

/** What becomes of a database user's password: the backup's own hash is set, what it has stays, or it gets none. */
export interface PlannedLogin {
  readonly engine: DatabaseEngine
  readonly user: string
  readonly password: 'backup' | 'kept' | 'none'
}

/** What a restorer wants to do, in order. */
export interface PlannedComponents {
  readonly steps: readonly NewStep[]
  readonly components: readonly ComponentPlan[]
  readonly space: readonly PlanSpace[]
  readonly offline: readonly { readonly what: string; readonly seconds: number }[]
  /** Of the database users that it makes or finds. */
  readonly logins?: readonly PlannedLogin[]
}

/**
 * The way back of a collector: knows what of one kind of component is in an archive, what is at the target, and which
 * steps lead from one to the other. It changes nothing; what it may not do it notes as a blocker.
 */
export interface Restorer {
  readonly kinds: readonly ComponentKind[]
  /** Scopes that this component is part of. */
  readonly scopes: readonly Scope[]
  /** Throws `AppError` only where nothing can be found out; what forbids the restore is a note. */
  plan(context: PlanContext): Promise<PlannedComponents>
}

export const nothingPlanned: PlannedComponents = { steps: [], components: [], space: [], offline: [] }
