import { expect, test } from 'vitest'
import { killRestores, startRestorable } from './restore-kills.ts'

test('a restore that is killed early or late is gone on with, or taken back, and the account is whole', async () => {
  await using lab = await startRestorable()
  const points = [0.3 + Math.random() * 0.3, 0.6 + Math.random() * 0.3]
  const { told, whole, leftBehind } = await killRestores(lab, points)
  expect([points, { told, whole, leftBehind }]).toEqual([points, { told: 2, whole: 2, leftBehind: 0 }])
})
