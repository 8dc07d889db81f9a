import { afterAll, beforeAll, expect, test } from 'vitest'
import { cancelIn, phases, startCancellable } from './cancel-at.ts'
import type { LabProduct } from './lab-product.ts'

let lab: LabProduct
beforeAll(async () => {
  lab = await startCancellable()
})
afterAll(() => lab[Symbol.asyncDispose]())

test.each(phases.map((phase) => [phase.name, phase] as const))(
  'a backup that is cancelled while %s ends within five seconds, and nothing is left',
  { tags: ['thorough'] },
  async (name, phase) => {
    const afterMs = name === 'the copy is verified' ? 0 : 300
    const { seconds, ...rest } = await cancelIn(lab, phase, { afterMs })
    expect(rest).toEqual({ code: 130, saysSo: true, left: [] })
    expect(seconds).toBeLessThan(5)
  },
)
