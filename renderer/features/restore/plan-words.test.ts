import { describe, expect, test } from 'vitest'
import type { ComponentPlan, RestorePlan } from '../../../shared/model/restore-plan.ts'
import { damageWords, fits, savedWords, verbsOf } from './plan-words.ts'

const none = { count: 0, first: [] }
const files: ComponentPlan = {
  ...{ kind: 'files', component: 'files', unit: 'files', unchanged: 0, bytes: 1, kept: none, added: none },
  overwritten: { count: 212, first: ['a'] },
  deleted: { count: 1, first: ['b'] },
}
const tables: ComponentPlan = {
  ...files,
  kind: 'mysql',
  component: 'mysql a',
  unit: 'tables',
  overwritten: none,
}
const undo = { method: 'safety-backup', scope: 'full', days: 21, only: [], bytes: 6e6 } as const
const plan = { components: [files, tables], to: { account: 'alice', exists: true }, undo }
/** As much of a plan as words are made of. */
const given = (change: object = {}) => ({ ...plan, ...change }) as unknown as RestorePlan

describe('the words of a plan', () => {
  test('count what cannot be told from the account afterwards', () => {
    expect(damageWords(given())).toBe(
      '212 files overwritten, 1 file deleted, 1 table dropped. A safety snapshot is taken first, so you can undo this for 21 days.',
    )
  })
  test('say that nothing is lost only where nothing is', () => {
    expect(damageWords(given({ components: [{ ...files, overwritten: none, deleted: none }] }))).toMatch(
      /^Nothing that is there/,
    )
    expect(damageWords(given({ to: { account: 'new', exists: false } }))).toMatch(/^The account new is made/)
  })
  test('leave out verbs that have nothing', () => {
    expect(verbsOf(tables).map(({ word }) => word)).toEqual(['Dropped'])
  })
  test('say what is saved, as far as it is known', () => {
    expect(savedWords(given())).toContain('The 6.0 MB now in alice is saved')
    expect(savedWords(given({ undo: { ...undo, bytes: null, only: ['files/a', 'cron'] } }))).toContain(
      'What is now in 2 paths of alice',
    )
    expect(savedWords(given({ undo: { ...undo, method: 'nothing-to-save' } }))).toContain(
      'nothing at the target',
    )
  })
  test('call too big what does not fit, and nothing else', () => {
    const space = { path: '/home', during: 10, after: 5 }
    expect([9, 10, null].map((free) => fits({ ...space, free }))).toEqual([false, true, true])
  })
})
