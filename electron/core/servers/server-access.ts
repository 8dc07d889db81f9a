import { AppError } from '../../../shared/errors.ts'
import type { HostKey, Server, Survey } from '../../../shared/model/server.ts'
import type { Clock } from '../ports.ts'
import { openShell } from '../remote/run-shell.ts'
import type { RemoteShell } from '../remote/shell.ts'
import { Throttles, type RateLimit } from '../throttle.ts'
import type { Secret } from '../secrets/secret.ts'
import { connect } from './connect.ts'
import { describeHostKey } from './fingerprint.ts'
import type { HostKeyFile, HostKeys } from './host-keys.ts'
import type { LoginSecrets } from './login.ts'
import type { ServerProfiles } from './profiles.ts'
import type { AskPerson } from './prompt-answers.ts'
import { scanHostKeys } from './scan-host-keys.ts'
import { openSftpSession, type SftpSession } from './sftp-session.ts'
import type { SshConnection } from './ssh-connection.ts'
import { takeSurvey } from './survey.ts'

/** How long a survey is believed, in milliseconds. */
const surveyAge = 24 * 3600 * 1000

/** A server that answers within so many milliseconds is in the same building. */
const nearbyMs = 2
/**
 * Levels of zstd on the wire. To a server nearby the network is faster than compression, so the cheapest counts;
 * over any longer line a better one saves more time than it takes. What is sent there is not compressed at all.
 */
const zstdLevels = { nearby: 1, far: 3 } as const

/** What a login may need that is not in its profile. */
export type AccessSecrets = LoginSecrets & { sudoPassword(server: Server): Promise<Secret | null> }

export interface ServerAccessOptions {
  readonly profiles: ServerProfiles
  readonly hostKeys: HostKeyFile
  readonly secrets: AccessSecrets
  readonly clock: Clock
  readonly ask?: AskPerson | undefined
}

/** A server with which we speak. Disposing closes everything over there. */
export interface OpenServer extends AsyncDisposable {
  readonly connection: SshConnection
  readonly shell: RemoteShell
  readonly survey: Survey
}

interface OpenOptions {
  readonly signal: AbortSignal
  /** Secrets that are not stored yet. */
  readonly secrets?: AccessSecrets
  /** A judge of host keys that is asked first. */
  readonly hostKeys?: HostKeys
  /** Look at the server even where the last survey is young. */
  readonly resurvey?: boolean
  /** A limit besides the server's own, on what comes from there. */
  readonly limit?: RateLimit | null
}

/** The way to servers: profiles, host keys, secrets and rate limits in one place. */
export class ServerAccess {
  readonly #options: ServerAccessOptions
  readonly #throttles: Throttles

  constructor(options: ServerAccessOptions) {
    this.#options = options
    this.#throttles = new Throttles(options.clock)
  }

  /** Connects, logs in, becomes root where the profile says so, and knows what the server can do. */
  async open(server: Server, options: OpenOptions): Promise<OpenServer> {
    const { clock } = this.#options
    const { signal } = options
    const secrets = options.secrets ?? this.#options.secrets
    const sudoPassword = await secrets.sudoPassword(server)
    await using opening = new AsyncDisposableStack()
    const connection = opening.use(await connect(server, { ...this.#connectOptions(options), secrets }))
    const own = server.rateMbit === null ? null : { key: server.id, mbit: server.rateMbit }
    const throttle = this.#throttles.of(own, options.limit)
    const elevation = server.elevation
    const isNearby = throttle === null && connection.answerMs < nearbyMs
    const zstdLevel = isNearby ? zstdLevels.nearby : zstdLevels.far
    const sending = isNearby ? { uplink: [], frameBytes: 4 * 1024 * 1024 } : {}
    const shell = opening.use(
      await openShell({
        connection,
        elevation,
        sudoPassword,
        clock,
        throttle,
        zstdLevel,
        ...sending,
        signal,
      }),
    )
    const survey = this.#young(server, options) ?? (await takeSurvey(shell, { clock, signal }))
    const opened = opening.move()
    return { connection, shell, survey, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }

  /** The same server over the same connection, looked at once more. Disposing closes nothing. */
  async again(
    { connection, shell }: OpenServer,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<OpenServer> {
    const survey = await takeSurvey(shell, { clock: this.#options.clock, signal })
    return { connection, shell, survey, [Symbol.asyncDispose]: () => Promise.resolve() }
  }

  /** Connects and logs in for SFTP only. */
  async openSftp(server: Server, options: OpenOptions): Promise<SftpSession & AsyncDisposable> {
    const secrets = options.secrets ?? this.#options.secrets
    await using opening = new AsyncDisposableStack()
    const connection = opening.use(await connect(server, { ...this.#connectOptions(options), secrets }))
    const session = await openSftpSession(connection, { name: server.name, signal: options.signal })
    const opened = opening.move()
    return { ...session, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }

  /** Every host key that a server shows now, in wire form. */
  async scan(
    target: { readonly host: string; readonly port: number; readonly jump: string | null },
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly Buffer[]> {
    const jump = target.jump === null ? null : this.#options.profiles.get(target.jump)
    return scanHostKeys(
      { ...target, jump },
      { ...this.#connectOptions({ signal }), secrets: this.#options.secrets },
    )
  }

  /** The key among those that a server shows now which a person has compared. Throws `host-key-changed`. */
  async compared(
    target: { readonly host: string; readonly port: number; readonly jump: string | null },
    fingerprint: string,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<Buffer> {
    const keys = await this.scan(target, { signal })
    const found = keys.find((key) => describeHostKey(key).fingerprint === fingerprint)
    if (found) return found
    throw new AppError(
      'host-key-changed',
      `${target.host} does not show the host key ${fingerprint}, so nothing was sent to it. Compare again with the server or its provider.`,
      { details: { keys: keys.map(describeHostKey), expected: fingerprint } },
    )
  }

  /** The accepted host keys of a server. */
  async hostKeys(server: Server): Promise<readonly HostKey[]> {
    return (await this.#options.hostKeys.list(server.host, server.port)).map(describeHostKey)
  }

  #connectOptions(options: OpenOptions) {
    const { profiles, ask } = this.#options
    return {
      hostKeys: options.hostKeys ?? this.#options.hostKeys,
      resolveJump: async (name: string) => profiles.get(name),
      signal: options.signal,
      ...(ask === undefined ? {} : { ask }),
    }
  }

  #young(server: Server, { resurvey = false }: OpenOptions): Survey | null {
    const survey = this.#options.profiles.survey(server.id)
    if (survey === null || resurvey) return null
    const age = this.#options.clock.now().getTime() - Date.parse(survey.takenAt)
    return age >= 0 && age < surveyAge ? survey : null
  }
}
