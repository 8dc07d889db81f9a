import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError, hasCode } from '../../../shared/errors.ts'
import { connect } from './connect.ts'
import { startCable } from './test-cable.ts'
import { connectFailure, knowing, runOver, testOptions, testProfile } from './test-profile.ts'
import { makeKey, startTestServer } from './test-server.ts'
import type { TestServer } from './test-server.ts'

const hostKey = makeKey()
const never = new AbortController().signal
const options = testOptions({ hostKeys: knowing(hostKey.publicKey), password: 'pw' })
const fast = { ...options, keepalive: { intervalMs: 40, silentIntervals: 4 } }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ hostKeys: [hostKey.privateKey] })
})
afterAll(() => server[Symbol.asyncDispose]())

function code(error: unknown): string {
  return error instanceof AppError ? error.code : String(error)
}

describe('a command on a connection', () => {
  it('gives output, error output and exit code apart from each other', async () => {
    await using connection = await connect(testProfile({ port: server.port }), options)
    const running = await connection.exec('login', { signal: never })
    running.stdin.end('echo out; echo err >&2; exit 7')
    expect(await Promise.all([text(running.stdout), text(running.stderr), running.exit])).toEqual([
      'out\n',
      'err\n',
      { code: 7, signal: null },
    ])
  })

  it('tells the signal that ended it', async () => {
    await using connection = await connect(testProfile({ port: server.port }), options)
    expect(await runOver(connection, 'kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  it('says neither code nor signal when the channel closes without a word', async () => {
    await using silent = await startTestServer({
      hostKeys: [hostKey.privateKey],
      run: (channel) => {
        channel.write('half a ')
        channel.end()
      },
    })
    await using connection = await connect(testProfile({ port: silent.port }), options)
    expect(await runOver(connection, '')).toEqual({ output: 'half a ', code: null, signal: null })
  })

  it('is one of the constant strings, and only four run at a time', async () => {
    const before = server.commands.length
    await using connection = await connect(testProfile({ port: server.port }), options)
    const four = await Promise.all([1, 2, 3, 4].map(() => connection.exec('login', { signal: never })))
    let fifth: 'waits' | 'runs' = 'waits'
    const next = connection.exec('login', { signal: never }).then((running) => {
      fifth = 'runs'
      return running
    })
    const tired = new AbortController()
    const sixth = connection.exec('login', { signal: tired.signal })
    tired.abort()
    await expect(sixth).rejects.toSatisfy((error) => hasCode(error, 'cancelled'))
    await runOver(await connect(testProfile({ port: server.port }), options), 'true')
    expect(fifth).toBe('waits')
    four[0]!.stdin.end('exit 0')
    four[0]!.stdout.resume()
    await next
    expect(fifth).toBe('runs')
    expect(new Set(server.commands.slice(before))).toEqual(new Set(['exec /bin/sh -s']))
  })

  it('holds the server back while its output is not read', async () => {
    await using connection = await connect(testProfile({ port: server.port }), options)
    const running = await connection.exec('login', { signal: never })
    running.stdin.end('head -c 30000000 /dev/zero; echo done >&2')
    let done = ''
    running.stderr.on('data', (chunk: Buffer) => (done += chunk.toString()))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(done).toBe('')
    expect(running.stdout.readableLength).toBeLessThan(5_000_000)
    let bytes = 0
    for await (const chunk of running.stdout) bytes += (chunk as Buffer).length
    expect(bytes).toBe(30_000_000)
    expect(await running.exit).toEqual({ code: 0, signal: null })
  })

  it('fails whoever still writes to it when it ends early', async () => {
    await using connection = await connect(testProfile({ port: server.port }), options)
    const running = await connection.exec('login', { signal: never })
    running.stdout.resume()
    running.stdin.write('exit 3\n')
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536, '#')
      })(),
    )
    await expect(pipeline(endless, running.stdin)).rejects.toSatisfy((error) =>
      hasCode(error, 'remote-failed'),
    )
    expect(await running.exit).toEqual({ code: 3, signal: null })
  })

  it('stops at once when it is cancelled, and leaves the connection usable', async () => {
    await using connection = await connect(testProfile({ port: server.port }), options)
    const stop = new AbortController()
    const running = await connection.exec('login', { signal: stop.signal })
    running.stdin.write('sleep 1000\n')
    const reading = text(running.stdout)
    stop.abort()
    await expect(reading).rejects.toSatisfy((error) => hasCode(error, 'cancelled'))
    expect(await running.exit).toEqual({ code: null, signal: null })
    expect(await runOver(connection, 'echo still here')).toMatchObject({ output: 'still here\n', code: 0 })
  })

  it('is refused as a matter of permission where the server runs no commands', async () => {
    await using strict = await startTestServer({ hostKeys: [hostKey.privateKey] })
    await using connection = await connect(testProfile({ port: strict.port }), options)
    for (const client of strict.connections) {
      client.removeAllListeners('session')
      client.on('session', (accept) => accept().on('exec', (_accept, reject) => reject()))
    }
    await expect(connection.exec('login', { signal: never })).rejects.toSatisfy((error) =>
      hasCode(error, 'permission-denied'),
    )
  })
})

describe('a connection that breaks', () => {
  it('is lost, and every command fails with it instead of ending well', async () => {
    await using cable = await startCable(server.port)
    await using connection = await connect(testProfile({ port: cable.port }), options)
    const running = await connection.exec('login', { signal: never })
    running.stdin.write('echo begun; sleep 1000\n')
    const sink = new PassThrough()
    const copying = pipeline(running.stdout, sink)
    await new Promise((resolve) => sink.once('data', resolve))
    expect(connection.lost.aborted).toBe(false)
    cable.cut()
    await expect(copying).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
    await expect(running.exit).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
    expect(code(connection.lost.reason)).toBe('connection-lost')
    await expect(connection.exec('login', { signal: never })).rejects.toSatisfy((error) =>
      hasCode(error, 'connection-lost'),
    )
  })

  it('is lost when the server hangs up, even without an error', async () => {
    await using own = await startTestServer({ hostKeys: [hostKey.privateKey] })
    await using connection = await connect(testProfile({ port: own.port }), options)
    const running = await connection.exec('login', { signal: never })
    for (const client of own.connections) client.end()
    await expect(running.exit).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
  })

  it('is noticed after four to five silent intervals', async () => {
    await using cable = await startCable(server.port)
    await using connection = await connect(testProfile({ port: cable.port }), fast)
    const running = await connection.exec('login', { signal: never })
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(connection.lost.aborted).toBe(false)
    cable.hold()
    const since = performance.now()
    await expect(running.exit).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
    const took = performance.now() - since
    expect(took).toBeGreaterThan(fast.keepalive.intervalMs * 2.5)
    expect(took).toBeLessThan(fast.keepalive.intervalMs * 8)
  })

  it('survives a silence that is shorter', async () => {
    await using cable = await startCable(server.port)
    await using connection = await connect(testProfile({ port: cable.port }), fast)
    cable.hold()
    await new Promise((resolve) => setTimeout(resolve, 80))
    cable.release()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await runOver(connection, 'echo back')).toMatchObject({ output: 'back\n', code: 0 })
  })

  it('closes within a second even when nobody answers the goodbye', async () => {
    await using cable = await startCable(server.port)
    const connection = await connect(testProfile({ port: cable.port }), options)
    cable.hold()
    const since = performance.now()
    await connection[Symbol.asyncDispose]()
    expect(performance.now() - since).toBeLessThan(1500)
  })
})

describe('a line that somebody tampers with', () => {
  /** An SSH_MSG_IGNORE without content as a packet of an unencrypted handshake. */
  const ignore = Buffer.from([0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  const packetEnd = (bytes: Buffer, start: number) => start + 4 + bytes.readUInt32BE(start)
  const inject = (place: (bytes: Buffer, identEnd: number) => number) => {
    let seen: Buffer | null = Buffer.alloc(0)
    return (bytes: Buffer): Buffer => {
      if (!seen) return bytes
      seen = Buffer.concat([seen, bytes])
      const identEnd = seen.indexOf('\n') + 1
      if (identEnd === 0 || seen.length < identEnd + 4 || seen.length < packetEnd(seen, identEnd)) {
        return Buffer.alloc(0)
      }
      const at = place(seen, identEnd)
      const out = Buffer.concat([seen.subarray(0, at), ignore, seen.subarray(at)])
      seen = null
      return out
    }
  }

  it.each([
    ['before the first packet', inject((_bytes, identEnd) => identEnd)],
    ['before the keys are in use', inject(packetEnd)],
  ])('is left before any login when a packet is slipped in %s', async (_where, tamper) => {
    const before = server.attempts.length
    await using cable = await startCable(server.port, tamper)
    const error = await connectFailure(testProfile({ port: cable.port }), options)
    expect(error?.code).toBe('unreachable')
    expect(server.attempts.length).toBe(before)
  })

  it('works when the same bytes go through untouched', async () => {
    await using cable = await startCable(server.port)
    expect(await connectFailure(testProfile({ port: cable.port }), options)).toBeNull()
  })
})
