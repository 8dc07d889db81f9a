import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { canonical } from './plan-digest.ts'

interface ShownPlan {
  /** With the backup's own id, whatever the person called it. */
  readonly request: RestoreRequest
  readonly plan: RestorePlan
}

const most = 50

/**
 * The plans that were shown last, so that a confirmed one need not be made again before the target is saved. Before
 * anything is touched it is made again all the same.
 */
export class ShownPlans {
  readonly #plans = new Map<string, ShownPlan>()

  add(asked: RestoreRequest, shown: ShownPlan): void {
    this.#plans.set(keyOf(asked, shown.plan.digest), shown)
    for (const key of this.#plans.keys()) {
      if (this.#plans.size <= most) return
      this.#plans.delete(key)
    }
  }

  /** The plan with this digest that this very request had; null where none was shown. */
  find(asked: RestoreRequest, digest: string): ShownPlan | null {
    return this.#plans.get(keyOf(asked, digest)) ?? null
  }
}

function keyOf(asked: RestoreRequest, digest: string): string {
  return canonical([asked, digest])
}
