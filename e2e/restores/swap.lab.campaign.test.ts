import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { killSwaps, startSwappable, swapUnderLoad } from './swap.ts'

test('three clients see no error while 400 tables are exchanged', async () => {
  await using lab = await startSwappable(400)
  const figures = await swapUnderLoad(lab, 400)
  recordFigure('swap of 400 tables under three clients', figures)
  expect(figures.errors).toBe(0)
})

test('a database server that is killed 20 times in the swap has all tables of before or all of after', async () => {
  await using lab = await startSwappable(200)
  const after = Array.from({ length: 20 }, () => Math.random() * 150)
  const figures = await killSwaps(lab, 200, after)
  recordFigure('kills of the database server in a swap', { ...figures })
  expect(figures).toMatchObject({ kills: 20, ended: 20, leftBehind: 0 })
  expect(figures.allOld + figures.allNew).toBe(20)
})
