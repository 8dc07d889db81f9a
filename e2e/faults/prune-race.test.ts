import { expect, test } from 'vitest'
import { racePruners } from './prune-race/race.ts'

test('three races of two processes that remove at one bucket take away what the policy says, and no more', async () => {
  expect(await racePruners(3, 'ignored')).toMatchObject({ races: 3, tooMuch: 0, tooLittle: 0 })
})
