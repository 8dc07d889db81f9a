import { expect, test } from 'vitest'
import { startHost } from '../lab/lab.ts'
import { deaths, secondsUntilLost } from './dead-link.ts'

test.each(deaths)('a link in the middle of a stream is lost when %s', async (_what, die) => {
  await using host = await startHost({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  const keepalive = { intervalMs: 200, silentIntervals: 4 }
  expect(await secondsUntilLost(host, die, keepalive)).toBeGreaterThan(0.6)
})
