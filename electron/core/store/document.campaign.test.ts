import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { killCampaign } from './testing/kill-campaign.ts'

test('500 kills of a writer leave no document unreadable and no saved update lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-kills-'))
  const counts = await killCampaign(folder, { kills: 500, random: Math.random })
  recordFigure('document-kills', { ...counts })
  expect(counts).toMatchObject({ unreadable: 0, lost: 0 })
  expect(counts.interruptedWrites).toBeGreaterThan(0)
  await rm(folder, { recursive: true })
})
