import { v7 as uuid } from 'uuid'
import { AppError } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { Clock, Ports, PracticeServer } from '../ports.ts'
import type { HostKeyFile } from './host-keys.ts'
import type { ServerProfiles } from './profiles.ts'
import type { ServerAccess } from './server-access.ts'
import type { StoredServerSecrets } from './stored-secrets.ts'

/** What the profile of the practice server is called. */
export const practiceName = 'practice'

interface PracticeOptions {
  readonly start: Ports['startPractice']
  readonly clock: Pick<Clock, 'now'>
  readonly profiles: ServerProfiles
  readonly hostKeys: HostKeyFile
  readonly servers: ServerAccess
  readonly secrets: StoredServerSecrets
}

/**
 * The server to practise on and its profile. It lives as long as this process; when it is started again, at another
 * port, with another key and password, its profile and backups stay.
 */
export class Practice implements AsyncDisposable {
  readonly #options: PracticeOptions
  #running: PracticeServer | null = null
  #starting: Promise<Server> | null = null

  constructor(options: PracticeOptions) {
    this.#options = options
  }

  /** False where the host has none. */
  get available(): boolean {
    return this.#options.start !== undefined
  }

  get running(): boolean {
    return this.#running !== null
  }

  /**
   * Starts it, unless it runs, and has a profile that reaches it.
   * @throws `unsupported`, `tool-missing`; `conflict` where another server has its name
   */
  async start({ signal }: { readonly signal: AbortSignal }): Promise<Server> {
    this.#starting ??= this.#start(signal).finally(() => (this.#starting = null))
    return this.#starting
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#starting?.catch(() => undefined)
    await this.#running?.[Symbol.asyncDispose]()
    this.#running = null
  }

  async #start(signal: AbortSignal): Promise<Server> {
    const { start, profiles, secrets } = this.#options
    if (start === undefined)
      throw new AppError(
        'unsupported',
        'There is no practice server here. Nothing was started; add a real server.',
      )
    const known = profiles.list().find(({ name }) => name === practiceName) ?? null
    if (known !== null && known.host !== '127.0.0.1')
      throw new AppError(
        'conflict',
        `A server of yours is called ${practiceName}. Nothing was started; give it another name first.`,
      )
    this.#running ??= await start({ signal })
    const server = this.#profile(this.#running, known)
    await this.#acceptKey(server, this.#running, signal)
    secrets.lend(server.id, this.#running.password)
    await (known === null ? profiles.add(server) : profiles.replace(server))
    return server
  }

  /** The key is known from the server itself, not from the network. */
  async #acceptKey(server: Server, { fingerprint }: PracticeServer, signal: AbortSignal): Promise<void> {
    const { hostKeys, servers } = this.#options
    await hostKeys.replace(server.host, server.port, await servers.compared(server, fingerprint, { signal }))
  }

  #profile({ host, port, user }: PracticeServer, known: Server | null): Server {
    return {
      id: known?.id ?? uuid(),
      name: practiceName,
      ...{ host, port, user },
      auth: { kind: 'password' },
      elevation: 'none',
      jump: null,
      rateMbit: null,
      legacyAlgorithms: false,
      addedAt: known?.addedAt ?? this.#options.clock.now().toISOString(),
    }
  }
}
