import { setTimeout as sleep } from 'node:timers/promises'

import { realClock } from '../../electron/core/remote/fixture.ts'
import { openShell, type ShellOptions } from '../../electron/core/remote/run-shell.ts'
import { readScript } from '../../electron/core/remote/script-files.ts'
import type { RemoteShell } from '../../electron/core/remote/shell.ts'
import { Secret } from '../../electron/core/secrets/secret.ts'
import { connect } from '../../electron/core/servers/connect.ts'
import type { SshConnection } from '../../electron/core/servers/ssh-connection.ts'
import { knowing, testOptions, testProfile } from '../../electron/core/servers/test-profile.ts'
import { AppError } from '../../shared/errors.ts'
import type { Elevation } from '../../shared/model/server.ts'
import { startHost, type LabHost } from './lab.ts'

const { signal } = new AbortController()

/** Accounts u-NAME whose login shell is NAME. */
export const shells = {
  dash: '/bin/dash',
  bash: '/bin/bash',
  fish: '/usr/bin/fish',
  tcsh: '/bin/tcsh',
  zsh: '/bin/zsh',
  ksh: '/bin/ksh93',
  busybox: '/usr/local/bin/ash',
}

/** Scripts for tests of how scripts run; any other name is the product's own. */
const scripts: Readonly<Record<string, string>> = {
  say: 'printf %s "$text"',
  many: 'head -c 3000000 /dev/zero',
  pour: 'hf_send pour cat /dev/urandom',
  litter:
    'd=$(hf_tmp); touch "$d/x"; (while :; do sleep 4242 || :; done) >/dev/null 2>&1 & (setsid sleep 4242 &); cat /dev/zero',
  squeeze: 'hf_send squeeze head -c 3000000 /dev/zero',
  tenant: 'hf_as free "$(id -u free)" "$(id -g free)" id -un; hf_as free "$(id -u free)" "$(id -g free)" pwd',
}

export interface Way {
  readonly user: string
  readonly elevation: Elevation
}

/** Logins that come to root, or stay what they are, by different ways. */
export const ways: readonly Way[] = [
  { user: 'root', elevation: 'none' },
  { user: 'u-dash', elevation: 'none' },
  { user: 'free', elevation: 'sudo' },
  { user: 'asked', elevation: 'sudo-password' },
  { user: 'terminal', elevation: 'sudo' },
]

/** A server with many kinds of logins, and what tests of scripts ask of it. */
export interface ScriptHost extends AsyncDisposable {
  readonly host: LabHost
  /** Connects with the lab's key. `keys`: other host keys than sshd's, as ssh-keyscan prints them. */
  connectAs(
    user: string,
    other?: { readonly port: number; readonly keys: readonly string[] },
  ): Promise<SshConnection>
  /** What of our runs is on the server: processes by their command line, and private folders. */
  residue(): Promise<string>
  /** The same, after at most so long a wait for it to go. */
  residueAfter(milliseconds: number): Promise<string>
}

export async function startScriptHost(): Promise<ScriptHost> {
  const host = await startHost({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
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

  const residue = async () => {
    const { stdout } = await host.exec(
      `ps -eo args | grep -E '[s]leep 4242|[s]h -s$|[d]d bs=1|[u]random|[t]imeout '
       ls -d /run/holdfast-* /run/user/*/holdfast-* /dev/shm/holdfast-* /tmp/holdfast-* 2>/dev/null`,
      { anyCode: true },
    )
    return stdout
  }
  return {
    host,
    connectAs: async (user, { port, keys } = { port: 22, keys: [] }) => {
      const own = keys.length > 0 ? keys : (await host.hostKeys()).map(({ line }) => `${host.ip} ${line}`)
      const blobs = own.flatMap((line) => line.split(' ')[2] ?? []).map((text) => Buffer.from(text, 'base64'))
      const profile = testProfile({ port, host: host.ip, user, auth: { kind: 'key', path: host.key } })
      return connect(profile, testOptions({ hostKeys: knowing(...blobs), signal }))
    },
    residue,
    residueAfter: async (milliseconds) => {
      const until = performance.now() + milliseconds
      while ((await residue()) !== '' && performance.now() < until) await sleep(100)
      return residue()
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  }
}

/** Opens a shell in which the test scripts can be run. */
export function shellOf(
  connection: SshConnection,
  options: Partial<ShellOptions> = {},
): Promise<RemoteShell> {
  return openShell({
    connection,
    elevation: 'none',
    sudoPassword: null,
    clock: realClock,
    throttle: null,
    signal,
    scripts: async (name) => scripts[name] ?? readScript(name),
    ...options,
  })
}

/** Opens a shell by one of the `ways`, with the password where sudo wants it. */
export function elevated(
  connection: SshConnection,
  way: Way,
  options: Partial<ShellOptions> = {},
): Promise<RemoteShell> {
  return shellOf(connection, { ...options, ...way, sudoPassword: new Secret(`pw-${way.user}`) })
}

/** The error with which something fails; throws where it works, or fails by an error that is none of ours. */
export async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (error instanceof AppError) return error
  throw new Error('It did not fail as it should.', { cause: error })
}
