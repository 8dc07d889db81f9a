import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { elevated, failure, shellOf, startScriptHost, ways } from '../../../e2e/lab/script-host.ts'
import type { ScriptHost } from '../../../e2e/lab/script-host.ts'

const { signal } = new AbortController()
let lab: ScriptHost
beforeAll(async () => {
  lab = await startScriptHost()
})
afterAll(() => lab[Symbol.asyncDispose]())

describe.each(ways)('for $user ($elevation)', (way) => {
  test('a cancelled script leaves nothing on the server', async () => {
    await using connection = await lab.connectAs(way.user)
    const shell = await elevated(connection, way)
    const cancelling = new AbortController()
    const { end } = await shell.start('litter', { signal: cancelling.signal })
    while (!(await lab.residue()).includes('holdfast-')) await sleep(50)
    cancelling.abort()
    expect(await failure(end)).toMatchObject({ code: 'cancelled' })
    expect(await lab.residueAfter(4000)).toBe('')
  })

  test.each(['KILL', 'TERM'])(
    'a session killed with %s is a lost connection, never a success',
    async (kill) => {
      await using connection = await lab.connectAs(way.user)
      const pouring = await (await elevated(connection, way)).start('pour', { signal })
      pouring.output.resume()
      while (pouring.wireBytes() < 3e6) await sleep(20)
      await lab.host.exec(`pkill -${kill} -f '^sshd: ${way.user}(@notty| .priv.)'`)
      const error = await failure(pouring.end)
      expect(error).toMatchObject({ code: 'connection-lost' })
      expect(Number(error.details?.['bytes'])).toBeGreaterThanOrEqual(3e6)
      expect(await lab.residueAfter(4000)).toBe('')
    },
  )
})

test(
  'when the cable is cut the server notices the silence and clears away',
  { tags: ['thorough'] },
  async () => {
    const connection = await lab.connectAs('free')
    const shell = await elevated(
      connection,
      { user: 'free', elevation: 'sudo' },
      { patience: { heartbeat: 250 } },
    )
    await shell.start('litter', { signal })
    await lab.host.link('down')
    try {
      expect(await lab.residueAfter(5000)).toBe('')
    } finally {
      await lab.host.link('up')
      await connection[Symbol.asyncDispose]()
    }
  },
)

test('whatever else runs on the server is left alone when a script is cancelled', async () => {
  const odd = '/tmp/x) S 1 1 1\n1 1'
  const bystanders = (seconds: number) =>
    lab.host.exec(`
      free() { setsid "$@" >/dev/null 2>&1 </dev/null & }
      [ -e '${odd}' ] || cp /bin/sleep '${odd}'
      free sh -c 'sleep ${seconds} & sleep ${seconds} & wait'
      free sh -c 'while :; do sleep ${seconds}; done'
      free '${odd}' ${seconds}
      free runuser -u u-dash -- sh -c 'sleep ${seconds} & wait'
      sleep 0.2`)
  const everything = async () =>
    (await lab.host.exec("ps -eo pid,args | grep -E '[5][12]51|[/]sshd -D|[l]ab-init'")).stdout
      .trim()
      .split('\n')

  await using connection = await lab.connectAs('root')
  const shell = await shellOf(connection)
  await bystanders(5151)
  const cancelling = new AbortController()
  const { end } = await shell.start('litter', { signal: cancelling.signal })
  await bystanders(5251)
  const before = await everything()
  expect(before.length).toBeGreaterThan(16)
  cancelling.abort()
  await failure(end)
  expect(await lab.residueAfter(4000)).toBe('')
  expect(await everything()).toEqual(before)
  await lab.host.exec(
    `kill ${before
      .filter((line) => /5[12]51/.test(line))
      .map((line) => parseInt(line))
      .join(' ')}`,
  )
})

describe('on a server that lacks tools', () => {
  async function without(tools: readonly string[], act: () => Promise<void>): Promise<void> {
    const places = (await lab.host.exec(`for tool in ${tools.join(' ')}; do command -v "$tool"; done`)).stdout
      .trim()
      .split('\n')
    await lab.host.exec(`for tool in ${places.join(' ')}; do mv "$tool" "$tool.away"; done`)
    try {
      await act()
    } finally {
      await lab.host.exec(`for tool in ${places.join(' ')}; do mv "$tool.away" "$tool"; done`)
    }
  }

  test('a cancelled script leaves nothing without timeout, renice and ionice', () =>
    without(['timeout', 'renice', 'ionice'], async () => {
      await using connection = await lab.connectAs('root')
      const shell = await shellOf(connection)
      const cancelling = new AbortController()
      const { end } = await shell.start('litter', { signal: cancelling.signal })
      cancelling.abort()
      await failure(end)
      expect(await lab.residueAfter(4000)).toBe('')
    }))

  test.each([
    { by: 'setpriv', missing: [] },
    { by: 'runuser', missing: ['setpriv'] },
    { by: 'su', missing: ['setpriv', 'runuser'] },
  ])('root runs a program as a tenant with $by', ({ missing }) =>
    without(missing, async () => {
      await using connection = await lab.connectAs('root')
      const { output } = await (await shellOf(connection)).run('tenant', { signal })
      expect(output.toString()).toBe('free\n/\n')
    }),
  )

  test('without zstd and pigz the payload comes by gzip, without any compressor as it is', async () => {
    const sent = async () => {
      await using connection = await lab.connectAs('root')
      const run = await (await shellOf(connection)).start('squeeze', { signal })
      const length = (await run.output.toArray()).reduce((sum: number, part: Buffer) => sum + part.length, 0)
      await run.end
      expect(length).toBe(3_000_000)
      return run.wireBytes()
    }
    await without(['zstd', 'pigz'], async () => expect(await sent()).toBeLessThan(100_000))
    await without(['zstd', 'pigz', 'gzip'], async () => expect(await sent()).toBeGreaterThan(3_000_000))
  })
})
