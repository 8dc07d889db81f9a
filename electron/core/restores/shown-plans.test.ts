import { expect, test } from 'vitest'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { ShownPlans } from './shown-plans.ts'

const request = (account: string) => ({ to: { server: 'web1', account } }) as RestoreRequest
const plan = (digest: string) => ({ digest }) as RestorePlan

test('a plan is known by the request that it was shown for and its digest', () => {
  const plans = new ShownPlans()
  const shown = { request: request('alice'), plan: plan('a') }
  plans.add(request('alice'), shown)
  expect(plans.find(request('alice'), 'a')).toBe(shown)
  expect(plans.find(request('alice'), 'b')).toBeNull()
  expect(plans.find(request('bob'), 'a')).toBeNull()
})

test('the last fifty are kept', () => {
  const plans = new ShownPlans()
  for (let at = 0; at <= 50; at += 1)
    plans.add(request('alice'), { request: request('alice'), plan: plan(String(at)) })
  expect(plans.find(request('alice'), '0')).toBeNull()
  expect(plans.find(request('alice'), '50')).not.toBeNull()
})
