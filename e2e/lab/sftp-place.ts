import { realClock } from './login.ts'
import type { LabHost } from './lab.ts'
import { connect } from '../../electron/core/servers/connect.ts'
import { openSftpSession } from '../../electron/core/servers/sftp-session.ts'
import { knowing, testOptions, testProfile } from '../../electron/core/servers/test-profile.ts'
import type { PlaceUnderTest } from '../../electron/core/destinations/conformance.ts'
import { askedPatience } from '../../electron/core/destinations/retry.ts'
import type { OpenSftp, SftpProfile } from '../../electron/core/destinations/sftp/link.ts'
import { prepareSftpPlace } from '../../electron/core/destinations/sftp/place.ts'
import { SftpSession, type SftpSessionOptions } from '../../electron/core/destinations/sftp/session.ts'
import { openSftpDestination } from '../../electron/core/destinations/sftp/sftp.ts'

const { signal } = new AbortController()

/** What must be known of a lab server to log in to it. */
export type Reachable = Pick<LabHost, 'ip' | 'key' | 'hostKeys'>

/** The profile of a folder on the lab's SFTP target. */
export function labProfile(host: Reachable, folder: string, user = 'backup1'): SftpProfile {
  return {
    kind: 'sftp',
    id: '0196125e-0c60-7000-8000-000000000001',
    name: 'sftp-target',
    encrypted: false,
    ...{ host: host.ip, port: 22, user, auth: { kind: 'key', path: host.key } },
    ...{ folder, rateMbit: null, addedAt: '2026-04-08T02:00:00.000Z' },
  }
}

/** Logs in to a lab server, whose host keys are known, for SFTP: each session over a connection of its own. */
export async function labLink(host: Reachable): Promise<OpenSftp> {
  const keys = (await host.hostKeys()).map(({ line }) => Buffer.from(line.split(' ')[1] ?? '', 'base64'))
  return async (profile, options) => {
    const { port, user, auth } = profile
    const server = testProfile({ port, host: profile.host, user, auth, name: profile.name })
    const connection = await connect(server, testOptions({ hostKeys: knowing(...keys), ...options }))
    const session = await openSftpSession(connection, { name: profile.name, ...options })
    return { ...session, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() }
  }
}

/** The same, with all sessions over one connection, which is closed when this is disposed of. Fast, for many tests. */
export async function sharedLink(
  host: LabHost,
  user = 'backup1',
): Promise<{ readonly open: OpenSftp } & AsyncDisposable> {
  const keys = (await host.hostKeys()).map(({ line }) => Buffer.from(line.split(' ')[1] ?? '', 'base64'))
  const server = testProfile({ port: 22, host: host.ip, user, auth: { kind: 'key', path: host.key } })
  const connection = await connect(server, testOptions({ hostKeys: knowing(...keys), signal }))
  return {
    open: async ({ name }, options) => {
      const session = await openSftpSession(connection, { name, ...options })
      return {
        ...session,
        [Symbol.asyncDispose]: async () => {
          session.sftp.end()
        },
      }
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  }
}

/** A prepared folder there, on which several destinations can be opened. */
export async function openTestPlace(
  host: Reachable,
  folder: string,
  options: Partial<SftpSessionOptions> & { readonly user?: string } = {},
): Promise<PlaceUnderTest> {
  const profile = labProfile(host, folder, options.user)
  const session: SftpSessionOptions = {
    open: await labLink(host),
    clock: realClock,
    patience: askedPatience,
    throttle: null,
    ...options,
  }
  await using preparing = new SftpSession(profile, session)
  await prepareSftpPlace(preparing, { signal })
  return {
    open: () => openSftpDestination(profile, { ...session, signal }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
