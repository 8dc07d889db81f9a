import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { SourceOverrides } from '../../../shared/model/source.ts'
import { isThrowaway } from '../../../shared/throwaway.ts'
import { noOverrides, type OverrideStore } from '../sources/override-store.ts'

/** What lies outside a home and belongs to the account that a plan makes, as `holdfast source set` takes it. */
export function broughtFromOutside(plan: Pick<RestorePlan, 'steps' | 'to' | 'mapping'>): {
  readonly paths: readonly string[]
  readonly mail: readonly string[]
} {
  if (plan.to.exists || isThrowaway(plan.to.account)) return { paths: [], mail: [] }
  const outside = (path: string) => !`${path}/`.startsWith(`${plan.mapping.home.to}/`)
  return {
    paths: plan.steps.flatMap((step) => (step.kind === 'put-tree' && outside(step.root) ? step.root : [])),
    mail: plan.steps.flatMap((step) => {
      const address = step.component.replace(/^mail /, '')
      return step.kind === 'put-mailbox' && outside(step.path) && address.includes('@') ? address : []
    }),
  }
}

interface Claiming {
  readonly plan: RestorePlan
  readonly serverId: string
  readonly overrides: Pick<OverrideStore, 'find' | 'set'>
}

async function change(
  { plan, serverId, overrides }: Claiming,
  to: (had: readonly string[], ours: readonly string[]) => string[],
): Promise<readonly string[]> {
  const { paths, mail } = broughtFromOutside(plan)
  const all = [...paths, ...mail]
  if (all.length === 0) return []
  const before: SourceOverrides = overrides.find(serverId, plan.to.account) ?? noOverrides
  const after = { ...before, addPaths: to(before.addPaths, paths), addMail: to(before.addMail, mail) }
  await overrides.set(serverId, plan.to.account, after)
  return all
}

/**
 * Notes what a restore brought outside the home of a new account as that account's own, for the new server has no
 * evidence of it, and the next backup there would not hold it. Returns what was noted.
 */
export function claimBrought(claiming: Claiming): Promise<readonly string[]> {
  return change(claiming, (had, ours) => [...new Set([...had, ...ours])])
}

/** Forgets that again, where the account is removed. */
export async function forgetBrought(claiming: Claiming): Promise<void> {
  await change(claiming, (had, ours) => had.filter((one) => !ours.includes(one)))
}
