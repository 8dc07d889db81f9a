import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { canonical } from './plan-digest.ts'

interface ShownPlan {
  /** With the backup's own id, whatever the person called it. */
  readonly request: RestoreRequest
  readonly plan: RestorePlan
}

const most = 50
/** For so many milliseconds: whoever waited longer is told of a change before a long safety backup, not after it. */
const fresh = 60_000

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

  /** The plan with this digest that this very request had within the last minute; null where there is none. */
  find(asked: RestoreRequest, digest: string, now: Date): ShownPlan | null {
    const shown = this.#plans.get(keyOf(asked, digest)) ?? null
    const age = shown === null ? Infinity : now.getTime() - Date.parse(shown.plan.madeAt)
    return age >= 0 && age <= fresh ? shown : null
  }
}

function keyOf(asked: RestoreRequest, digest: string): string {
  return canonical([asked, digest])
}
