import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../electron/core/ports.ts'
import { openShell, type ShellOptions } from '../../electron/core/remote/run-shell.ts'
import type { RemoteShell } from '../../electron/core/remote/shell.ts'
import { Secret } from '../../electron/core/secrets/secret.ts'
import { connect } from '../../electron/core/servers/connect.ts'
import { knowing, testOptions, testProfile } from '../../electron/core/servers/test-profile.ts'
import type { Survey } from '../../shared/model/server.ts'
import type { LabHost } from './lab.ts'

export const realClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (ms, { signal }) => sleep(ms, undefined, { signal }),
}

/** Somebody who is logged in to a lab server. Disposing ends what runs over there. */
export interface LabLogin extends AsyncDisposable {
  readonly shell: RemoteShell
  /** As much of a survey as the lab's servers share. */
  readonly survey: Survey
}

/** Logs in with the lab's key, host key checked; `sudo` as for a profile's elevation. */
export async function logIn(
  host: LabHost,
  user: string,
  options: {
    readonly sudo?: 'without password' | { readonly password: string }
    readonly patience?: ShellOptions['patience']
  } = {},
): Promise<LabLogin> {
  const { sudo, patience } = options
  await using opening = new AsyncDisposableStack()
  const { signal } = new AbortController()
  const elevation = sudo === undefined ? 'none' : typeof sudo === 'object' ? 'sudo-password' : 'sudo'
  const keys = (await host.hostKeys()).map(({ line }) => Buffer.from(line.split(' ')[1] ?? '', 'base64'))
  const profile = testProfile({
    port: 22,
    host: host.ip,
    user,
    elevation,
    auth: { kind: 'key', path: host.key },
  })
  const connection = opening.use(await connect(profile, testOptions({ hostKeys: knowing(...keys), signal })))
  const shell = opening.use(
    await openShell({
      connection,
      elevation,
      sudoPassword: typeof sudo === 'object' ? new Secret(sudo.password) : null,
      clock: realClock,
      throttle: null,
      signal,
      ...(patience && { patience }),
    }),
  )
  const opened = opening.move()
  return { shell, survey: labSurvey(host, shell), [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

function labSurvey(host: LabHost, shell: RemoteShell): Survey {
  return {
    takenAt: '2026-04-08T01:30:00.000Z',
    hostname: host.name,
    os: 'Debian GNU/Linux 12 (bookworm)',
    machine: null,
    panel: null,
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    uid: shell.privilege === 'user' ? 1000 : 0,
    tools: {},
    codecs: ['zstd', 'pigz', 'gzip', 'none'],
    cpus: 2,
    freeBytes: {},
    uidMin: 1000,
    protectedHardlinks: true,
    mysql: null,
    postgresql: null,
  }
}
