import type { DatabaseEngine } from '../../../shared/model/source.ts'
import type { StepOf } from '../../../shared/model/restore-plan.ts'
import type { StepKind } from './step-kind.ts'

type DatabaseStep = StepOf<'database-server' | 'import-database'>

/** One kind of step that each kind of database server does in its own way. */
export function byEngine<S extends DatabaseStep>(
  kinds: Readonly<Record<DatabaseEngine, StepKind<S>>>,
): StepKind<S> {
  return {
    prepare: async (step, context) => kinds[step.engine].prepare?.(step, context),
    apply: (step, context) => kinds[step.engine].apply(step, context),
    check: (step, context) => kinds[step.engine].check(step, context),
    rollback: (step, context) => kinds[step.engine].rollback(step, context),
    commit: (step, context) => kinds[step.engine].commit(step, context),
    remove: async (step, context) => kinds[step.engine].remove?.(step, context),
  }
}
