import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { connect } from '../../electron/core/servers/connect.ts'
import { knowing, testOptions, testProfile } from '../../electron/core/servers/test-profile.ts'
import { startHost } from '../lab/lab.ts'

const line = (rateMbit: number) => ({ delayMs: 10, rateMbit, lossPercent: 0 })
const { signal } = new AbortController()

test(
  'a link of 64 kbit/s carries data for three times the silence that ends a dead link',
  { tags: ['thorough'] },
  async () => {
    await using host = await startHost({
      without: ['mariadb', 'postgres', 'dovecot', 'cron'],
      wan: line(100),
    })
    const keys = (await host.hostKeys()).map(({ line }) => Buffer.from(line.split(' ')[1]!, 'base64'))
    const keepalive = { intervalMs: 300, silentIntervals: 4 }
    const profile = testProfile({
      port: 22,
      host: host.ip,
      user: 'root',
      auth: { kind: 'key', path: host.key },
    })
    await using connection = await connect(profile, testOptions({ hostKeys: knowing(...keys), keepalive }))
    await host.wan(line(0.064))
    await sleep(150)
    const running = await connection.exec('login', { signal })
    running.stdin.end('head -c 40000 /dev/urandom')
    const began = performance.now()
    let bytes = 0
    for await (const chunk of running.stdout) bytes += (chunk as Buffer).length
    expect(await running.exit).toEqual({ code: 0, signal: null })
    expect(bytes).toBe(40_000)
    expect(performance.now() - began).toBeGreaterThan(3600)
    expect(connection.lost.aborted).toBe(false)
  },
)
