import { openShell } from '../remote/run-shell.ts'
import { localConnection, realClock } from '../remote/fixture.ts'
import type { Survey } from '../../../shared/model/server.ts'
import type { LabHost } from '../../../e2e/lab/lab.ts'
import type { RemoteShell } from '../remote/shell.ts'

/** A shell on a lab server by way of the `ssh` program, for tests that are not about connections. */
export async function labShell(
  host: LabHost,
  user: string,
  options: { readonly sudo?: boolean; readonly signal?: AbortSignal } = {},
): Promise<RemoteShell> {
  const settings = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ]
  const ssh = [...settings.flatMap((setting) => ['-o', setting]), '-i', host.key, `${user}@${host.ip}`]
  const connection = localConnection({
    login: ['ssh', ...ssh, 'exec /bin/sh -s'],
    sudo: ['ssh', ...ssh, 'exec sudo -n -- /bin/sh -s'],
  })
  return openShell({
    connection,
    elevation: options.sudo === true ? 'sudo' : 'none',
    sudoPassword: null,
    clock: realClock,
    throttle: null,
    signal: options.signal ?? new AbortController().signal,
  })
}

/** What a survey of a lab server comes to, as far as sources and collectors look at it. */
export function labSurvey(shell: RemoteShell): Survey {
  return {
    takenAt: '2026-04-08T00:00:00.000Z',
    hostname: 'lab',
    os: 'Debian GNU/Linux 12 (bookworm)',
    machine: null,
    panel: null,
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    uid: 0,
    tools: {},
    codecs: ['zstd', 'none'],
    cpus: 2,
    freeBytes: {},
    uidMin: 1000,
    protectedHardlinks: true,
    mysql: null,
    postgresql: null,
  }
}
