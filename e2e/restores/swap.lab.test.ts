import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabProduct } from '../faults/lab-product.ts'
import { killSwaps, startSwappable, swapUnderLoad } from './swap.ts'

const tables = 60
let lab: LabProduct
beforeAll(async () => {
  lab = await startSwappable(tables)
})
afterAll(() => lab[Symbol.asyncDispose]())

test(
  'clients that read and write all tables see no error while these are exchanged',
  { tags: ['thorough'] },
  async () => {
    const { rounds, errors } = await swapUnderLoad(lab, tables)
    expect([errors, rounds > 3]).toEqual([0, true])
  },
)

test(
  'a database server that is killed in the middle of it has all tables of before or all of after',
  { tags: ['thorough'] },
  async () => {
    const { allOld, allNew, ended, leftBehind } = await killSwaps(lab, tables, [Math.random() * 100])
    expect([allOld + allNew, ended, leftBehind]).toEqual([1, 1, 0])
  },
)
