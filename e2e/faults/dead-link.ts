import { connect } from '../../electron/core/servers/connect.ts'
import type { Keepalive } from '../../electron/core/servers/silence.ts'
import { knowing, testOptions, testProfile } from '../../electron/core/servers/test-profile.ts'
import { hasCode } from '../../shared/errors.ts'
import type { LabHost } from '../lab/lab.ts'

/** How a link dies without a word to anybody. */
export const deaths: readonly (readonly [what: string, die: (host: LabHost) => Promise<unknown>])[] = [
  ['its cable is pulled', (host) => host.link('down')],
  ['its sshd is stopped', (host) => host.exec("pkill -STOP -f '[s]shd: root@'")],
]

/**
 * Seconds from the death of a link, in the middle of a stream, until its connection says that it is lost. Rejects
 * where it ends in another way. Without `keepalive` as the product keeps links alive.
 */
export async function secondsUntilLost(
  host: LabHost,
  die: (host: LabHost) => Promise<unknown>,
  keepalive?: Keepalive,
): Promise<number> {
  const { signal } = new AbortController()
  const keys = (await host.hostKeys()).map(({ line }) => Buffer.from(line.split(' ')[1] ?? '', 'base64'))
  const target = { port: 22, host: host.ip, user: 'root', auth: { kind: 'key', path: host.key } } as const
  const options = testOptions({ hostKeys: knowing(...keys), ...(keepalive ? { keepalive } : {}) })
  await using connection = await connect(testProfile(target), options)
  const running = await connection.exec('login', { signal })
  running.stdout.on('error', () => undefined)
  const flowing = new Promise<void>((resolve) => {
    let bytes = 0
    running.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > 1e6) resolve()
    })
  })
  running.stdin.end('cat /dev/urandom')
  const exit = running.exit.then(
    () => new Error('It ended well.'),
    (error: unknown) => error,
  )
  await flowing
  const began = performance.now()
  await die(host)
  const error = await exit
  if (!hasCode(error, 'connection-lost')) throw error
  return (performance.now() - began) / 1000
}
