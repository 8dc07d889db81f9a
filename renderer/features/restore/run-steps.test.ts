import { expect, test } from 'vitest'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreProgress, StepState } from '../../../shared/model/restore-progress.ts'
import { wayOf } from './run-steps.ts'

const undo = { method: 'safety-backup' }
const plan = {
  undo,
  steps: [
    { id: '1', title: 'Put' },
    { id: '2', title: 'Install' },
  ],
} as unknown as RestorePlan
const marks = (shown: RestoreProgress | null, phase: string | null) =>
  wayOf({ shown, plan, phase }).map(({ mark }) => mark)
/** A restore whose steps have come so far. */
const at = (...states: readonly StepState[]) =>
  ({ plan, steps: states.map((state, place) => ({ step: plan.steps[place], state })) }) as RestoreProgress

test('the way of a restore goes from the second look to the check', () => {
  expect(marks(null, 'connecting')).toEqual(['run', 'idle', 'idle', 'idle', 'idle'])
  expect(marks(null, 'verifying')).toEqual(['held', 'run', 'idle', 'idle', 'idle'])
  expect(marks(at('preparing', 'waiting'), 'files')).toEqual(['held', 'held', 'run', 'idle', 'idle'])
  expect(marks(at('applied', 'applying'), 'cron')).toEqual(['held', 'held', 'held', 'run', 'idle'])
  expect(marks(at('applied', 'applied'), 'checking')).toEqual(['held', 'held', 'held', 'held', 'run'])
  expect(marks(at('committed', 'committing'), null)).toEqual(['held', 'held', 'held', 'held', 'held'])
  expect(marks(at('rolling-back', 'rolled-back'), null)).toEqual(['held', 'held', 'run', 'idle', 'idle'])
})
