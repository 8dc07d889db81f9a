import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { turnCampaign } from './testing/turn-campaign.ts'

test('1,000 pairs of processes that come while a third one leaves all do their work, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-turns-'))
  const { pairs, done, failed } = await turnCampaign(folder, { pairs: 1000, random: Math.random })
  recordFigure('owner-turns', { pairs, done, failed: failed.length })
  expect({ done, failed }).toEqual({ done: 3000, failed: [] })
  await rm(folder, { recursive: true })
})
