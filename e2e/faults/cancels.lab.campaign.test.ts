import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { cancelIn, phases, startCancellable } from './cancel-at.ts'

/** Milliseconds after the beginning of each phase, in its order: 20 points. */
const points: readonly (readonly number[])[] = [
  [0, 200, 1000, 3000],
  [0, 100, 500, 1000, 2000, 4000, 6000, 8000, 10_000],
  [0, 100, 500, 2000],
  [0, 5, 10],
]

test('a backup that is cancelled at any of 20 points ends within five seconds, and nothing is left', async () => {
  await using lab = await startCancellable()
  const figures = { cancels: 0, cancelled: 0, clean: 0, slowestSeconds: 0, limitSeconds: 5 }
  for (const [at, phase] of phases.entries()) {
    for (const afterMs of points[at] ?? []) {
      const { code, saysSo, seconds, left } = await cancelIn(lab, phase, { afterMs })
      figures.cancels += 1
      if (code === 130 && saysSo) figures.cancelled += 1
      if (left.length === 0) figures.clean += 1
      figures.slowestSeconds = Math.max(figures.slowestSeconds, Math.round(seconds * 100) / 100)
    }
  }
  recordFigure('cancels of a backup', figures)
  expect(figures).toMatchObject({ cancels: 20, cancelled: 20, clean: 20 })
  expect(figures.slowestSeconds).toBeLessThan(figures.limitSeconds)
})
