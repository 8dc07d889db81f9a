import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost } from '../../../e2e/lab/lab.ts'
import { run } from '../../../e2e/lab/run.ts'
import type { LabHost } from '../../../e2e/lab/lab.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Elevation } from '../../../shared/model/server.ts'
import { Secret } from '../secrets/secret.ts'
import { connect } from '../servers/connect.ts'
import type { SshConnection } from '../servers/ssh-connection.ts'
import { knowing, testOptions, testProfile } from '../servers/test-profile.ts'
import { realClock } from './fixture.ts'
import { openShell } from './run-shell.ts'
import type { ShellOptions } from './run-shell.ts'
import { readScript } from './script-files.ts'
import type { RemoteShell } from './shell.ts'

const signal = new AbortController().signal
const shells = {
  dash: '/bin/dash',
  bash: '/bin/bash',
  fish: '/usr/bin/fish',
  tcsh: '/bin/tcsh',
  zsh: '/bin/zsh',
  ksh: '/bin/ksh93',
  busybox: '/usr/local/bin/ash',
}

/** The texts of this file's scripts. */
const scripts: Readonly<Record<string, string>> = {
  say: 'printf %s "$text"',
  many: 'head -c 3000000 /dev/zero',
  pour: 'hf_send pour cat /dev/urandom',
  litter: 'd=$(hf_tmp); touch "$d/x"; (sleep 4242 & sleep 4242) & setsid sleep 4242 & cat /dev/zero',
  squeeze: 'hf_send squeeze head -c 3000000 /dev/zero',
  tenant: 'hf_as free "$(id -u free)" "$(id -g free)" id -un; hf_as free "$(id -u free)" "$(id -g free)" pwd',
}

/** Logins that come to root, or stay what they are, by different ways. */
const ways: readonly { readonly user: string; readonly elevation: Elevation }[] = [
  { user: 'root', elevation: 'none' },
  { user: 'u-dash', elevation: 'none' },
  { user: 'free', elevation: 'sudo' },
  { user: 'asked', elevation: 'sudo-password' },
  { user: 'terminal', elevation: 'sudo' },
]

let host: LabHost
beforeAll(async () => {
  host = await startHost({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  await host.exec(`
    set -e
    cp /bin/busybox /usr/local/bin/ash
    add() {
      useradd -m -s "$2" "$1"
      echo "$1:pw-$1" | chpasswd
      install -d -m 700 -o "$1" -g "$1" "/home/$1/.ssh"
      install -m 600 -o "$1" -g "$1" /root/.ssh/authorized_keys "/home/$1/.ssh/"
    }
    ${Object.entries(shells)
      .map(([name, path]) => `add u-${name} ${path}`)
      .join('\n')}
    for name in free asked refused terminal tty-only loud closed forced; do add $name /bin/bash; done
    usermod -s /usr/sbin/nologin closed
    sed -i 's/^/command="cat" /' /home/forced/.ssh/authorized_keys
    cat >/etc/sudoers.d/logins <<'END'
free ALL=(ALL:ALL) NOPASSWD: ALL
asked ALL=(ALL:ALL) ALL
terminal ALL=(ALL:ALL) NOPASSWD: ALL
Defaults:terminal use_pty
tty-only ALL=(ALL:ALL) ALL
Defaults:tty-only requiretty
END
    printf 'head -c 1000000 /dev/urandom\\necho noise >&2\\nprintf "no newline"\\n' >/home/loud/.bashrc
  `)
})
afterAll(() => host[Symbol.asyncDispose]())

async function connectAs(
  user: string,
  { port = 22, keys }: { readonly port?: number; readonly keys?: readonly string[] } = {},
): Promise<SshConnection> {
  const lines = keys ?? (await host.hostKeys()).map(({ line }) => `${host.ip} ${line}`)
  const blobs = lines.flatMap((line) => line.split(' ')[2] ?? []).map((text) => Buffer.from(text, 'base64'))
  const profile = testProfile({ port, host: host.ip, user, auth: { kind: 'key', path: host.key } })
  return connect(profile, testOptions({ hostKeys: knowing(...blobs), signal }))
}

async function shellOf(
  connection: SshConnection,
  options: Partial<ShellOptions> & { readonly elevation?: Elevation } = {},
): Promise<RemoteShell> {
  return openShell({
    connection,
    elevation: 'none',
    sudoPassword: null,
    clock: realClock,
    throttle: null,
    signal,
    scripts: (name) => (scripts[name] === undefined ? readScript(name) : Promise.resolve(scripts[name])),
    ...options,
  })
}

/** Opens a shell by one of the `ways`. */
function elevated(
  connection: SshConnection,
  way: (typeof ways)[number],
  options: Partial<ShellOptions> = {},
) {
  return shellOf(connection, { ...options, ...way, sudoPassword: new Secret(`pw-${way.user}`) })
}

/** What of our runs is still on the server: processes by their command line, and private folders. */
async function residue(): Promise<string> {
  const { stdout } = await host.exec(
    `ps -eo args | grep -E '[s]leep 4242|[s]h -s$|[d]d bs=1|[u]random|[t]imeout '
     ls -d /run/holdfast-* /run/user/*/holdfast-* /dev/shm/holdfast-* /tmp/holdfast-* 2>/dev/null`,
    { anyCode: true },
  )
  return stdout
}

async function residueAfter(milliseconds: number): Promise<string> {
  const until = performance.now() + milliseconds
  while ((await residue()) !== '' && performance.now() < until) await sleep(100)
  return residue()
}

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (error instanceof AppError) return error
  throw new Error('It did not fail.', { cause: error })
}

describe('login shells', () => {
  test.each(Object.keys(shells))('%s gives the same bytes and is gone afterwards', async (name) => {
    await using connection = await connectAs(`u-${name}`)
    const shell = await shellOf(connection)
    expect(shell).toMatchObject({ privilege: 'user', loginUser: `u-${name}` })
    const text = `a'b"c\\d$(id)\`id\`!e\nf\tg\x01\x7f*?[~{}`
    expect((await shell.run('say', { values: { text }, signal })).output.toString()).toBe(text)
    expect((await shell.run('many', { signal })).output.equals(Buffer.alloc(3_000_000))).toBe(true)
    expect(await residueAfter(2000)).toBe('')
  })

  test('a login that prints a megabyte of noise does no harm', async () => {
    await using connection = await connectAs('loud')
    const shell = await shellOf(connection)
    expect((await shell.run('many', { signal })).output.equals(Buffer.alloc(3_000_000))).toBe(true)
  })

  test.each(['closed', 'forced'])('%s gives no usable shell, and the error says so', async (user) => {
    await using connection = await connectAs(user)
    const error = await failure(shellOf(connection, { patience: { start: 700 } }))
    expect(error).toMatchObject({ code: 'remote-failed', message: expect.stringContaining('usable shell') })
  })

  test('dropbear serves scripts and clears away as OpenSSH does', async () => {
    await host.exec('mkdir -p /etc/dropbear && dropbear -R -p 2222')
    const { stdout } = await run('ssh-keyscan', ['-p', '2222', '-t', 'ed25519', host.ip])
    await using connection = await connectAs('u-dash', { port: 2222, keys: stdout.split('\n') })
    const shell = await shellOf(connection)
    expect((await shell.run('many', { signal })).output.length).toBe(3_000_000)
    const cancelling = new AbortController()
    const { end } = await shell.start('litter', { signal: cancelling.signal })
    cancelling.abort()
    await failure(end)
    expect(await residueAfter(4000)).toBe('')
    expect((await host.exec('pgrep -f "dropbear -R"')).stdout).not.toBe('')
  })
})

describe('sudo', () => {
  test.each(ways.slice(2))('$user becomes root ($elevation)', async (way) => {
    await using connection = await connectAs(way.user)
    const shell = await elevated(connection, way)
    expect(shell).toMatchObject({ privilege: 'sudo', loginUser: way.user })
    expect((await shell.run('whoami', { signal })).facts.get('uid')).toBe('0')
    expect((await shell.run('whoami', { signal, as: 'login' })).facts.get('user')).toBe(way.user)
  })

  test('a password that sudo does not ask for is not sent', async () => {
    await using connection = await connectAs('free')
    const shell = await elevated(connection, { user: 'free', elevation: 'sudo-password' })
    expect((await shell.run('whoami', { signal })).stderr).toEqual([])
  })

  test.each([
    ['asked', 'sudo', null, 'permission-denied', 'without a password'],
    ['asked', 'sudo-password', 'wrong', 'auth-failed', 'did not accept the password'],
    ['asked', 'sudo-password', null, 'auth-failed', 'needs a password'],
    ['refused', 'sudo-password', 'pw-refused', 'permission-denied', 'not in the sudoers file'],
    ['tty-only', 'sudo-password', 'pw-tty-only', 'permission-denied', 'requiretty'],
  ] as const)('%s by %s with the password %s: %s', async (user, elevation, password, code, words) => {
    await using connection = await connectAs(user)
    const sudoPassword = password === null ? null : new Secret(password)
    const error = await failure(shellOf(connection, { elevation, sudoPassword }))
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
  })

  test('no sudo at all is named as such', async () => {
    await host.exec('mv /usr/bin/sudo /usr/bin/sudo.away')
    try {
      await using connection = await connectAs('free')
      const error = await failure(shellOf(connection, { elevation: 'sudo' }))
      expect(error.code).toBe('tool-missing')
    } finally {
      await host.exec('mv /usr/bin/sudo.away /usr/bin/sudo')
    }
  })
})

describe.each(ways)('for $user ($elevation)', (way) => {
  test('a cancelled script leaves nothing on the server', async () => {
    await using connection = await connectAs(way.user)
    const shell = await elevated(connection, way)
    const cancelling = new AbortController()
    const { end } = await shell.start('litter', { signal: cancelling.signal })
    while (!(await residue()).includes('holdfast-')) await sleep(50)
    cancelling.abort()
    expect(await failure(end)).toMatchObject({ code: 'cancelled' })
    expect(await residueAfter(4000)).toBe('')
  })

  test.each(['KILL', 'TERM'])(
    'a session killed with %s is a lost connection, never a success',
    async (kill) => {
      await using connection = await connectAs(way.user)
      const pouring = await (await elevated(connection, way)).start('pour', { signal })
      pouring.output.resume()
      while (pouring.wireBytes() < 3e6) await sleep(20)
      await host.exec(`pkill -${kill} -f '^sshd: ${way.user}(@notty| .priv.)'`)
      const error = await failure(pouring.end)
      expect(error).toMatchObject({ code: 'connection-lost' })
      expect(Number(error.details?.['bytes'])).toBeGreaterThanOrEqual(3e6)
      expect(await residueAfter(4000)).toBe('')
    },
  )
})

test('when the cable is cut the server notices the silence and clears away', async () => {
  const connection = await connectAs('free')
  const shell = await elevated(
    connection,
    { user: 'free', elevation: 'sudo' },
    { patience: { heartbeat: 250 } },
  )
  await shell.start('litter', { signal })
  await host.link('down')
  try {
    expect(await residueAfter(5000)).toBe('')
  } finally {
    await host.link('up')
    await connection[Symbol.asyncDispose]()
  }
})

describe('on a server that lacks tools', () => {
  async function without(tools: readonly string[], act: () => Promise<void>): Promise<void> {
    const places = (await host.exec(`for tool in ${tools.join(' ')}; do command -v "$tool"; done`)).stdout
      .trim()
      .split('\n')
    await host.exec(`for tool in ${places.join(' ')}; do mv "$tool" "$tool.away"; done`)
    try {
      await act()
    } finally {
      await host.exec(`for tool in ${places.join(' ')}; do mv "$tool.away" "$tool"; done`)
    }
  }

  test('a cancelled script leaves nothing without timeout, renice and ionice', () =>
    without(['timeout', 'renice', 'ionice'], async () => {
      await using connection = await connectAs('root')
      const shell = await shellOf(connection)
      const cancelling = new AbortController()
      const { end } = await shell.start('litter', { signal: cancelling.signal })
      cancelling.abort()
      await failure(end)
      expect(await residueAfter(4000)).toBe('')
    }))

  test.each([
    { by: 'setpriv', missing: [] },
    { by: 'runuser', missing: ['setpriv'] },
    { by: 'su', missing: ['setpriv', 'runuser'] },
  ])('root runs a program as a tenant with $by', ({ missing }) =>
    without(missing, async () => {
      await using connection = await connectAs('root')
      const { output } = await (await shellOf(connection)).run('tenant', { signal })
      expect(output.toString()).toBe('free\n/\n')
    }),
  )

  test('without zstd and pigz the payload comes by gzip, without any compressor as it is', async () => {
    const sent = async () => {
      await using connection = await connectAs('root')
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
