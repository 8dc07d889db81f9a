import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { backUpTwice } from './two-computers.ts'

test('two computers that back up one account to one folder at once, 50 times', async () => {
  const figures = await backUpTwice(50)
  recordFigure('backups of one account by two computers at once', { ...figures })
  expect(figures).toEqual({ rounds: 50, succeeded: 100, distinct: 100, verified: 100 })
})
