import { describe, expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { startHost } from '../lab/lab.ts'
import { startFar, streaming, throughBreak, throughSlowLine } from './bad-line.ts'
import { deaths, secondsUntilLost } from './dead-link.ts'

/** A dead link must be noticed within five intervals of 15 s, and a moment more to say so. */
const limitSeconds = 75
const round = (seconds: number) => Math.round(seconds * 10) / 10

describe.concurrent('a link, in real time,', () => {
  test.each(deaths)('is lost within 75 seconds when %s', async (what, die) => {
    await using host = await startHost({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
    const seconds = await secondsUntilLost(host, die)
    recordFigure(`a connection is lost when ${what}`, { seconds: round(seconds), limitSeconds })
    expect(seconds).toBeLessThan(limitSeconds)
  })

  test.each(deaths)('fails a backup within 75 seconds when %s', async (what, die) => {
    await using lab = await startFar(60, '20mbit')
    const running = await streaming(lab)
    const began = performance.now()
    await die(lab.host)
    const { code, stdout } = await running.ended
    const seconds = (performance.now() - began) / 1000
    await lab.host.link('up')
    recordFigure(`a backup fails when ${what}`, {
      ...{ seconds: round(seconds), limitSeconds, filesLeftBehind: (await lab.stored('amy')).length },
    })
    expect([code, stdout]).toEqual([10, expect.stringContaining('"connection-lost"')])
    expect(seconds).toBeLessThan(limitSeconds)
    expect(await lab.stored('amy')).toEqual([])
  })

  test('that breaks for 30 seconds only delays a backup', async () => {
    await using lab = await startFar(40, '20mbit')
    const flow = await throughBreak(lab, 30)
    recordFigure('a backup through a break of 30 seconds', { ...flow })
    expect(flow.longestPauseSeconds).toBeGreaterThan(29)
  })

  test('of 64 kbit/s for two minutes carries a backup, and its progress goes on', async () => {
    await using lab = await startFar(4, '1mbit')
    const flow = await throughSlowLine(lab, 120)
    recordFigure('a backup at 64 kbit/s for 120 seconds', { ...flow })
    expect(flow.reports).toBeGreaterThan(4)
  })
})
