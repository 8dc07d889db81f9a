import { AppError } from '../../../../shared/errors.ts'
import type { RestorePlan, RestoreStep } from '../../../../shared/model/restore-plan.ts'
import { furtherFolder } from './throwaway.ts'

/** What of a step is not the throwaway account's own; null where all is. */
function foreign(step: RestoreStep, { mapping }: RestorePlan): string | null {
  const { to: account } = mapping.user
  const own = (name: string) => name.startsWith(`${account}_`)
  const places = [mapping.home.to, furtherFolder(mapping.home.to)]
  const within = (path: string) => places.some((place) => `${path}/`.startsWith(`${place}/`))
  switch (step.kind) {
    case 'create-account':
      return step.account === account && step.home === mapping.home.to ? null : step.home
    case 'put-tree':
      return within(step.root) ? null : step.root
    case 'put-mailbox':
      return within(step.path) && within(step.root) ? null : step.path
    case 'install-crontab':
      return step.account === account && !step.enabled ? null : `the crontab of ${step.account}`
    case 'import-database':
      return own(step.database) && step.table === null ? null : `the database ${step.database}`
    case 'database-server': {
      const there = [...step.databases, ...step.users].find(({ exists, name }) => exists || !own(name))
      return there === undefined ? null : `the database or its user ${there.name}`
    }
    default:
      return step.title
  }
}

/**
 * Insists that a plan makes things and changes none: every step works on what bears the throwaway account's name, and
 * nothing of that is there yet. Throws `conflict` otherwise, before anything is touched.
 */
export function requireOnlyNew(plan: RestorePlan): void {
  const [first] = plan.steps
  const others = plan.steps.flatMap((step) => foreign(step, plan) ?? [])
  const changed = plan.components.filter(({ overwritten, deleted }) => overwritten.count + deleted.count > 0)
  const touched = [...others, ...changed.map(({ component }) => component)]
  if (!plan.to.exists && first?.kind === 'create-account' && touched.length === 0) return
  throw new AppError(
    'conflict',
    `A drill may touch only what it makes, and this one would touch ${touched[0] ?? `${plan.to.account}, which is there already`}. Nothing was changed; try again, it takes other names.`,
    { details: { touched } },
  )
}
