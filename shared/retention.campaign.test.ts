import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordFigure } from '../e2e/figures.ts'
import { histories, invariants } from './testing/retention-properties.ts'

const count = 100_000

test(`${count} random histories break no invariant`, () => {
  const broken = new Map<string, number>(Object.keys(invariants).map((name) => [name, 0]))
  fc.assert(
    fc.property(histories, (history) => {
      for (const [name, holds] of Object.entries(invariants)) {
        if (!holds(history)) broken.set(name, (broken.get(name) ?? 0) + 1)
      }
      return true
    }),
    { numRuns: count },
  )
  const violations = [...broken.values()].reduce((sum, each) => sum + each, 0)
  recordFigure('retention of random histories', { histories: count, invariants: broken.size, violations })
  expect(Object.fromEntries(broken)).toEqual(Object.fromEntries(Object.keys(invariants).map((n) => [n, 0])))
})
