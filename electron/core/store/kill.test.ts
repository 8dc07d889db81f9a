import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killCampaign } from './testing/kill-campaign.ts'

test('a killed writer leaves the old or the new document, never less, and a log without holes (12 kills)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-kill-'))
  const counts = await killCampaign(folder, { kills: 12, random: Math.random })
  expect(counts).toMatchObject({ kills: 12, unreadable: 0, lost: 0 })
  expect(counts.updates).toBeGreaterThan(12)
  const names = await readdir(folder)
  expect(names.filter((name) => name.endsWith('.tmp')).length).toBeLessThan(3)
  await rm(folder, { recursive: true })
})
