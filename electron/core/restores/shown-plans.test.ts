import { expect, test } from 'vitest'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { ShownPlans } from './shown-plans.ts'

const request = (account: string) => ({ to: { server: 'web1', account } }) as RestoreRequest
const at = '2026-04-07T02:00:00.000Z'
const now = new Date(at)
const plan = (digest: string) => ({ digest, madeAt: at }) as RestorePlan

test('a plan is known by the request that it was shown for and its digest', () => {
  const plans = new ShownPlans()
  const shown = { request: request('alice'), plan: plan('a') }
  plans.add(request('alice'), shown)
  expect(plans.find(request('alice'), 'a', now)).toBe(shown)
  expect(plans.find(request('alice'), 'b', now)).toBeNull()
  expect(plans.find(request('bob'), 'a', now)).toBeNull()
})

test('the last fifty are kept', () => {
  const plans = new ShownPlans()
  for (let number = 0; number <= 50; number += 1)
    plans.add(request('alice'), { request: request('alice'), plan: plan(String(number)) })
  expect(plans.find(request('alice'), '0', now)).toBeNull()
  expect(plans.find(request('alice'), '50', now)).not.toBeNull()
})

test('one that was shown more than a minute ago, or by a clock that is ahead, is made again', () => {
  const plans = new ShownPlans()
  plans.add(request('alice'), { request: request('alice'), plan: plan('a') })
  const found = (seconds: number) =>
    plans.find(request('alice'), 'a', new Date(now.getTime() + seconds * 1000)) !== null
  expect([found(-1), found(0), found(60), found(61)]).toEqual([false, true, true, false])
})
