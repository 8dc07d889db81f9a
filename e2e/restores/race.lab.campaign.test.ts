import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { raceRestores } from './race/race-restores.ts'
import { RacingServer } from './race/racing-server.ts'

let server: RacingServer
beforeAll(async () => {
  server = await RacingServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())

test.each(['staged', 'always'] as const)(
  'a minute and more of tenants who change the ways below restores changes nothing outside of their homes: %s',
  async (when) => {
    const { result, escapes } = await raceRestores(server, { seconds: 60, restores: 18, when })
    recordFigure(`restores while tenants race, ${when}`, { ...result })
    expect(escapes).toEqual([])
    expect([result.stageFoldersHeld, result.swapsInStage]).toEqual([0, 0])
    expect(result.swaps).toBeGreaterThan(1000)
    if (when === 'staged') expect(result.reached).toBeGreaterThan(5)
  },
)
