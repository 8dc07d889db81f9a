import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { Secret } from '../secrets/secret.ts'
import { localConnection, localShell, posixShells, processesWith, realClock } from './fixture.ts'
import type { ShellOptions } from './run-shell.ts'
import type { ScriptOptions } from './shell.ts'

const { signal } = new AbortController()

/** A number that only one test's processes have on their command line. */
function mark(): string {
  return `40${String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '0')}`
}

async function runOnce(
  body: string,
  options: Partial<ShellOptions> = {},
  values: ScriptOptions['values'] = {},
) {
  const shell = await localShell({ body }, options)
  return shell.run('body', { signal, values })
}

async function failureOf(body: string, options: Partial<ShellOptions> = {}): Promise<AppError> {
  const error: unknown = await runOnce(body, options).catch((reason: unknown) => reason)
  if (error instanceof AppError) return error
  throw new Error('It did not fail.', { cause: error })
}

/** Whether these processes are gone in time, and stay gone. */
async function goneWithin(milliseconds: number, marked: string): Promise<boolean> {
  const until = performance.now() + milliseconds
  let times = 0
  while (performance.now() < until && times < 3) {
    times = (await processesWith(marked)).length === 0 ? times + 1 : 0
    await sleep(30)
  }
  return times === 3
}

describe.each(posixShells)('in $name', ({ command }) => {
  const local = (): Partial<ShellOptions> => ({ connection: localConnection({ login: command }) })

  test('a script gives its payload, exit codes, facts and what tools wrote', async () => {
    const body = `
      printf 'pay\\n\\000load'
      hf_rc first 3
      echo 'tool: oops' >&2
      hf_fact answer 'forty
two'
      cat`
    const { output, codes, facts, stderr } = await runOnce(body, local())
    expect(output.toString()).toBe('pay\n\0load')
    expect([...codes]).toEqual([['first', 3]])
    expect([...facts]).toEqual([['answer', 'forty\ntwo']])
    expect(stderr.map(String)).toEqual(['tool: oops'])
  })

  test.each([['zstd'], ['pigz'], ['gzip'], []] as const)(
    'what %s compressed comes out whole',
    async (...codecs) => {
      const body = 'hf_send tool sh -c "head -c 1000000 /dev/zero; exit 1"'
      const { output, codes } = await runOnce(body, { ...local(), codecs })
      expect(output.equals(Buffer.alloc(1_000_000))).toBe(true)
      expect([...codes].toSorted()).toEqual([
        ['codec', 0],
        ['tool', 1],
      ])
    },
  )

  test('a cancelled script leaves no process and no file behind', async () => {
    const time = mark()
    const body = `
      folder=$(hf_tmp)
      : >"$folder/file"
      printf '%-200s' "$folder"
      sleep 0.1
      printf '%-200s' more
      (while :; do sleep ${time} || :; done) >/dev/null 2>&1 &
      (setsid sleep ${time} &)
      (sleep ${time} &)
      sleep ${time}`
    const shell = await localShell({ body }, local())
    const cancelling = new AbortController()
    const run = await shell.start('body', { signal: cancelling.signal })
    const folder = await new Promise<Buffer>((resolve) => run.output.once('data', resolve))
    while ((await processesWith(time)).length < 4) await sleep(20)
    cancelling.abort()
    await expect(run.end).rejects.toMatchObject({ code: 'cancelled' })
    expect(await goneWithin(4_000, time)).toBe(true)
    expect(String(folder)).toMatch(/holdfast-[0-9a-f]{32} /)
    await expect(readdir(String(folder).trim())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a client that falls silent is taken for dead', async () => {
    const time = mark()
    const clock = { ...realClock, sleep: () => new Promise<void>(() => undefined) }
    const shell = await localShell(
      { body: `sleep ${time}` },
      { ...local(), clock, patience: { heartbeat: 250 } },
    )
    const run = await shell.start('body', { signal })
    while ((await processesWith(time)).length === 0) await sleep(20)
    expect(await goneWithin(4_000, time)).toBe(true)
    await expect(run.output.toArray()).rejects.toMatchObject({ code: 'remote-failed' })
  })

  test('a script whose shell was killed is cleared away at the next sign of life', async () => {
    const time = mark()
    const body = `(sleep ${time} &) ; sh -c 'exec sleep ${time}' & sleep 0.2; kill -9 $$`
    const error = await failureOf(body, { ...local(), patience: { heartbeat: 100 } })
    expect(error).toMatchObject({ code: 'remote-failed', details: { signal: 'KILL' } })
    expect(await goneWithin(4_000, time)).toBe(true)
  })
})

test('signs of life keep a script going that has nothing to say', async () => {
  const { output } = await runOnce('sleep 1.4; echo done', { patience: { heartbeat: 250 } })
  expect(output.toString()).toBe('done\n')
})

test.each([
  ['exits with a code', 'echo data; echo "tool: no" >&2; exit 3', { code: 3, stderr: ['tool: no'] }],
  ['fails in a command', 'echo data; false; echo more', { code: 1 }],
  ['is killed', 'echo data; kill -9 $$', { code: null, signal: 'KILL' }],
  ['exits with 0 before its end', 'echo data; exit 0', { code: 0 }],
  ['prints an END of its own', 'printf "\\n@@00 END\\n"; exit 0', { code: 0 }],
  ['says END and exits with a code', 'printf "\\n@@%s END\\n" "$hf_nonce"; exit 4', { code: 4 }],
  ['fails to compress', 'hf_level=not; hf_send x echo data', { code: 1 }],
  ['goes on printing after END', '(sleep 0.1; echo late) & :', { code: 0 }],
] as const)('a script that %s did not succeed', async (_what, body, details) => {
  expect(await failureOf(body)).toMatchObject({
    code: 'remote-failed',
    details: { script: 'body', ...details },
  })
})

test.each(['zstd', 'gzip', 'none'] as const)(
  'when the connection is gone the error says so and how much had come (%s)',
  async (codec) => {
    const time = mark()
    const connection = localConnection()
    const body = `sleep ${time} & hf_send pour cat /dev/urandom`
    const shell = await localShell({ body }, { connection, codecs: [codec] })
    const run = await shell.start('body', { signal })
    run.output.resume()
    while (run.wireBytes() < 500_000) await sleep(10)
    connection.lose(new AppError('connection-lost', 'The cable is out.'))
    const error: unknown = await run.end.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'connection-lost', details: { bytes: run.wireBytes() } })
    expect(await goneWithin(4_000, time)).toBe(true)
  },
)

test('a megabyte of noise before the script does no harm', async () => {
  const noisy = ['sh', '-c', 'head -c 1000000 /dev/urandom; echo oops >&2; exec sh -s'] as const
  const body = 'head -c 500000 /dev/zero'
  const { output } = await runOnce(body, { connection: localConnection({ login: noisy }) })
  expect(output.equals(Buffer.alloc(500_000))).toBe(true)
})

test.each([
  ['cat'],
  ['sh', '-c', 'echo not available; exit 1'],
  ['true'],
  ['sh', '-c', 'cat >/dev/null; exit 0'],
  ['yes'],
] as const)('%s is no usable shell', async (...login) => {
  const options = { connection: localConnection({ login }), patience: { start: 300 } }
  const error = await failureOf('echo hi', options)
  expect(error).toMatchObject({ code: 'remote-failed', message: expect.stringContaining('usable shell') })
})

test('what is not read holds the server back', async () => {
  const shell = await localShell({ body: 'cat /dev/zero' })
  const run = await shell.start('body', { signal })
  await sleep(400)
  expect(run.wireBytes()).toBeLessThan(4 * 1024 * 1024)
  run.output.destroy()
  await expect(run.end).rejects.toMatchObject({ code: 'cancelled' })
})

test('every byte that comes is asked of the rate limit first', async () => {
  let asked = 0
  const throttle = {
    take: (bytes: number) => {
      asked += bytes
      return Promise.resolve()
    },
  }
  const shell = await localShell({ body: 'hf_send head head -c 500000 /dev/urandom' }, { throttle })
  asked = 0
  const run = await shell.start('body', { signal })
  await run.output.toArray()
  expect(asked).toBe(run.wireBytes())
  expect(asked).toBeGreaterThan(500_000)
})

test('more output than the caller wants to keep is refused', async () => {
  const shell = await localShell({ body: 'cat /dev/zero' })
  await expect(shell.run('body', { signal, limit: 1000 })).rejects.toMatchObject({ code: 'remote-failed' })
})

test('a closed shell ends its scripts and starts no more', async () => {
  const time = mark()
  const shell = await localShell({ body: `sleep ${time}` })
  const run = await shell.start('body', { signal })
  await shell[Symbol.asyncDispose]()
  await expect(run.end).rejects.toMatchObject({ code: 'cancelled' })
  expect(await goneWithin(4_000, time)).toBe(true)
  await expect(shell.start('body', { signal })).rejects.toMatchObject({ code: 'cancelled' })
})

test('a login that is root needs no sudo, and one that is not gets none unasked', async () => {
  const shell = await localShell({}, { elevation: 'sudo' })
  expect(shell.privilege).toBe(process.getuid?.() === 0 ? 'root' : 'user')
})

describe('a secret', () => {
  const secret = new Secret(`s3cret'${randomBytes(8).toString('hex')}`)

  /** Where in the process list of this machine the secret was seen while a script ran. */
  async function sightings(body: string): Promise<readonly string[]> {
    const seen = new Set<string>()
    const running = runOnce(body, {}, { secret })
    const watching = { on: true }
    const ended = running.finally(() => (watching.on = false))
    while (watching.on) {
      for (const part of ['cmdline', 'environ']) {
        if ((await processesWith(secret.reveal(), part)).length > 0) seen.add(part)
      }
    }
    await ended
    return [...seen].toSorted()
  }

  test('is in no process list and no environment while a script uses it', async () => {
    const body = `
      folder=$(hf_tmp)
      printf '%s' "$secret" >"$folder/secret"
      (printf '%s' "$secret" | cat >/dev/null; sleep 0.3) & sleep 0.3; wait`
    expect(await sightings(body)).toEqual([])
  })

  test('would be seen there if it were', async () => {
    expect(await sightings('S=$secret sh -c "sleep 0.6; :" "$secret"')).toEqual(['cmdline', 'environ'])
  })

  test('is not in the error where a tool repeats it', async () => {
    const error: unknown = await runOnce(
      'echo "access denied for $secret" >&2; exit 1',
      {},
      { secret },
    ).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ details: { stderr: ['access denied for [secret]'] } })
    expect((error as AppError).message).not.toContain(secret.reveal())
  })
})

test.runIf(process.getuid?.() === 0)(
  'root runs a program as a tenant, who gets nothing of root',
  async () => {
    const body = `
    cd ${tmpdir()}
    hf_as nobody 65534 65534 sh -c 'id -u; id -G; echo "$HOME"; touch /root/x 2>/dev/null || echo no; umask'
    hf_as nobody 65534 65534 false || hf_rc tool $?
    hf_as '' 54321 54322 sh -c 'id -u; id -G'`
    const { output, codes } = await runOnce(body)
    expect(output.toString()).toBe('65534\n65534\n/\nno\n0077\n54321\n54322\n')
    expect([...codes]).toEqual([['tool', 1]])
  },
)

test('a script that is to talk and falls silent is ended, one that only waits to be read is not', async () => {
  const time = mark()
  const patience = { silence: 200 }
  const silent = await localShell({ body: `echo begun; sleep ${time}` }, { patience })
  const run = await silent.start('body', { signal, talks: true })
  run.output.resume()
  await expect(run.end).rejects.toMatchObject({ code: 'remote-failed', details: { minutes: 0 } })
  expect(await goneWithin(4_000, time)).toBe(true)

  const held = await localShell({ body: 'head -c 8000000 /dev/zero' }, { patience, codecs: ['none'] })
  const waiting = await held.start('body', { signal, talks: true })
  await sleep(700)
  let bytes = 0
  for await (const chunk of waiting.output) bytes += (chunk as Buffer).length
  expect(bytes).toBe(8_000_000)
})
