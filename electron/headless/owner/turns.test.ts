import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { turnCampaign } from './testing/turn-campaign.ts'

test('two processes that come while a third one leaves both do their work, once (15 pairs)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-turns-'))
  const counts = await turnCampaign(folder, { pairs: 15, random: Math.random })
  expect(counts).toEqual({ pairs: 15, done: 45, failed: [] })
  await rm(folder, { recursive: true })
})
