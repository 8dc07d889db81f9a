import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { killRestores, startRestorable } from './restore-kills.ts'

test('20 restores that are killed at random end gone on with or taken back, the account as before or as after', async () => {
  await using lab = await startRestorable()
  const points = Array.from({ length: 20 }, () => Math.random())
  const figures = await killRestores(lab, points)
  recordFigure('kills of a restore', { ...figures })
  expect(figures).toMatchObject({ kills: 20, told: 20, whole: 20, leftBehind: 0 })
  expect(figures.goneOn + figures.takenBack + figures.outside).toBe(20)
  expect(Math.min(figures.goneOn, figures.takenBack)).toBeGreaterThan(3)
})
