import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { killRepeatedly, startKillable } from './kill-at.ts'

test('20 backups that are killed at random bytes leave the truth, the backup before them, and nothing else', async () => {
  await using lab = await startKillable(20, '80mbit')
  const sizes = Array.from({ length: 20 }, () => Math.floor(Math.random() * 19e6))
  const figures = await killRepeatedly(lab, sizes)
  recordFigure('kills of a streaming backup', { ...figures })
  expect(figures).toEqual({ kills: 20, toldAsInterrupted: 20, filesLeftBehind: 0, verifiedAfterwards: 20 })
  expect(await lab.leftovers()).toEqual([])
})

test('20 backups that are killed as soon as they have claimed their name leave nothing of it', async () => {
  await using lab = await startKillable(1, '80mbit')
  const figures = await killRepeatedly(lab, Array<number>(20).fill(0))
  recordFigure('kills of a backup that has just claimed its name', { ...figures })
  expect(figures).toEqual({ kills: 20, toldAsInterrupted: 20, filesLeftBehind: 0, verifiedAfterwards: 20 })
})
