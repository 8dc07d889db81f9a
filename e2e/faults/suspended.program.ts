import process from 'node:process'
import { connect } from '../../electron/core/servers/connect.ts'
import { knowing, testOptions, testProfile } from '../../electron/core/servers/test-profile.ts'
import { toWire } from '../../shared/errors.ts'

/** Where to, as JSON in the one argument. */
export interface SuspendedTarget {
  readonly host: string
  readonly key: string
  readonly hostKeys: readonly string[]
  readonly intervalMs: number
}

/** Streams from a server until the connection ends; says `flowing`, and then why it ended. */
async function stream({ host, key, hostKeys, intervalMs }: SuspendedTarget): Promise<string> {
  const { signal } = new AbortController()
  const known = knowing(...hostKeys.map((each) => Buffer.from(each, 'base64')))
  const options = testOptions({ hostKeys: known, keepalive: { intervalMs, silentIntervals: 4 } })
  const target = { port: 22, host, user: 'root', auth: { kind: 'key', path: key } } as const
  await using connection = await connect(testProfile(target), options)
  const running = await connection.exec('login', { signal })
  running.stdout.on('error', () => undefined)
  running.stdout.once('data', () => process.stdout.write('flowing\n'))
  running.stdout.resume()
  running.stdin.end('cat /dev/urandom')
  return await running.exit.then(
    () => 'ended well',
    (error: unknown) => toWire(error).code,
  )
}

process.stdout.write(`${await stream(JSON.parse(process.argv[2] ?? '{}') as SuspendedTarget)}\n`)
process.exit()
