import type { Duplex } from 'node:stream'
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import { remoteCommands } from '../remote/connection.ts'
import type { Connection, RemoteCommand, RemoteProcess } from '../remote/connection.ts'
import { ChannelSlots } from './channel-slots.ts'
import { ChannelProcess } from './remote-process.ts'

/** Below OpenSSH's MaxSessions of 10, with room for the administrator's own tools. */
const CHANNELS = 4
const GOODBYE_MS = 1000
/** RFC 4254 §5.1. */
const ADMINISTRATIVELY_PROHIBITED = 1

/** An authenticated SSH connection over ssh2. */
export class SshConnection implements Connection {
  readonly lost: AbortSignal
  readonly algorithms: Connection['algorithms']
  /** The server enforces strict key exchange. */
  readonly strictKeyExchange: boolean
  /** Milliseconds until the server's port answered: a little more than the way there and back takes. */
  readonly answerMs: number
  readonly #client: Client
  readonly #name: string
  readonly #slots = new ChannelSlots(CHANNELS)
  readonly #running = new Set<ChannelProcess>()
  readonly #lost = new AbortController()
  readonly #stream: Duplex
  readonly #closed: Promise<void>
  readonly #over: AsyncDisposable | null

  /** `stream` carries `client`; `over` is the connection that carries the stream, and is closed with it. */
  constructor(
    client: Client,
    facts: {
      readonly name: string
      readonly stream: Duplex
      readonly algorithms: Connection['algorithms']
      readonly strictKeyExchange: boolean
      readonly answerMs: number
      readonly over: AsyncDisposable | null
    },
  ) {
    this.#client = client
    this.#name = facts.name
    this.#over = facts.over
    this.#stream = facts.stream
    this.algorithms = facts.algorithms
    this.strictKeyExchange = facts.strictKeyExchange
    this.answerMs = facts.answerMs
    this.lost = this.#lost.signal
    this.#closed = new Promise((resolve) => client.once('close', () => resolve()))
    client.on('error', (cause) => this.#lose(cause))
    client.once('close', () => this.#lose(undefined))
  }

  async exec(command: RemoteCommand, options: { readonly signal: AbortSignal }): Promise<RemoteProcess> {
    const signal = AbortSignal.any([options.signal, this.lost])
    const release = await this.#slots.take({ signal })
    try {
      throwIfCancelled(signal)
      const channel = await this.#open(signal, release, (done) =>
        this.#client.exec(remoteCommands[command], done),
      )
      return this.#process(channel, options.signal, release)
    } catch (error) {
      release()
      throw error
    }
  }

  /** A byte stream from the server to another address, for the next hop of a chain. */
  async forward(host: string, port: number, options: { readonly signal: AbortSignal }): Promise<Duplex> {
    const signal = AbortSignal.any([options.signal, this.lost])
    throwIfCancelled(signal)
    return this.#open(
      signal,
      undefined,
      (done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done),
      {
        host,
        port,
      },
    )
  }

  /** An SFTP session over this connection, which ends with it. */
  async sftp(options: { readonly signal: AbortSignal }): Promise<SFTPWrapper> {
    const signal = AbortSignal.any([options.signal, this.lost])
    throwIfCancelled(signal)
    return new Promise((resolve, reject) => {
      const abort = () => reject(cancellation(signal))
      signal.addEventListener('abort', abort, { once: true })
      this.#client.sftp((cause, session) => {
        signal.removeEventListener('abort', abort)
        if (!cause) resolve(session)
        else
          reject(
            new AppError(
              'permission-denied',
              `${this.#name} let this login in but gives it no SFTP; nothing was read or changed. Allow it there, or use another login.`,
              { cause },
            ),
          )
      })
    })
  }

  /** Says goodbye and closes; a connection that does not answer is dropped after a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new AppError('connection-lost', `The connection to ${this.#name} was closed by Holdfast.`))
    this.#client.end()
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise((resolve) => (timer = setTimeout(resolve, GOODBYE_MS)))
    await Promise.race([this.#closed, enough])
    clearTimeout(timer)
    this.#stream.destroy()
    await this.#over?.[Symbol.asyncDispose]()
  }

  /** Drops the connection because nothing was heard for too long. */
  drop(error: AppError): void {
    this.#fail(error)
    this.#stream.destroy()
  }

  #open(
    signal: AbortSignal,
    release: (() => void) | undefined,
    start: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    target?: { readonly host: string; readonly port: number },
  ): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(cancellation(signal))
      signal.addEventListener('abort', abort, { once: true })
      start((error, channel) => {
        signal.removeEventListener('abort', abort)
        if (error) reject(this.#lost.signal.aborted ? cancellation(this.lost) : this.#refusal(error, target))
        else if (signal.aborted) {
          channel.once('close', () => release?.())
          channel.resume()
          channel.close()
        } else resolve(channel)
      })
    })
  }

  #process(channel: ClientChannel, signal: AbortSignal, release: () => void): ChannelProcess {
    const running = new ChannelProcess(channel)
    const cancel = () => running.fail(cancellation(signal))
    signal.addEventListener('abort', cancel, { once: true })
    this.#running.add(running)
    void running.released.then(() => {
      signal.removeEventListener('abort', cancel)
      this.#running.delete(running)
      release()
    })
    return running
  }

  #refusal(cause: Error, target: { readonly host: string; readonly port: number } | undefined): AppError {
    const reason: unknown = 'reason' in cause ? cause.reason : undefined
    if (target) {
      return reason === ADMINISTRATIVELY_PROHIBITED
        ? new AppError(
            'permission-denied',
            `${this.#name} does not allow connections through it, so nothing further was contacted. Set AllowTcpForwarding there, or choose another jump host.`,
            { cause, details: target },
          )
        : new AppError(
            'unreachable',
            `${this.#name} cannot reach ${target.host} port ${target.port}; nothing was read or changed. Check the address as ${this.#name} sees it, then try again.`,
            { cause, details: target },
          )
    }
    if (reason === undefined || reason === ADMINISTRATIVELY_PROHIBITED) {
      return new AppError(
        'permission-denied',
        `${this.#name} let this login in but allows it no commands; nothing was read or changed. Use a login with a shell.`,
        { cause },
      )
    }
    return new AppError(
      'remote-failed',
      `${this.#name} has no room for another session of this login; what runs there goes on. Close other sessions or raise MaxSessions, then try again.`,
      { cause, details: { reason } },
    )
  }

  #lose(cause: unknown): void {
    this.#fail(
      new AppError(
        'connection-lost',
        `The connection to ${this.#name} broke. Backups that were finished before are safe; start this again when the server can be reached.`,
        { cause },
      ),
    )
  }

  #fail(error: AppError): void {
    if (this.#lost.signal.aborted) return
    this.#lost.abort(error)
    for (const running of this.#running) running.lose(error)
  }
}
