import { utilityProcess, type UtilityProcess } from 'electron'
import type { CallOptions, Reply, Transport } from '../../shared/client.ts'
import type { CoreState } from '../../shared/desktop.ts'
import type { WireError } from '../../shared/errors.ts'
import type { AppEvent } from '../../shared/events.ts'
import { CoreMessage, type HostMessage } from '../hosts/core-messages.ts'

/** Milliseconds before the core is started again, by how often it has ended in a row. */
const pauses = [500, 1000, 2000, 5000, 15_000, 30_000] as const

const lost: Reply = {
  ok: false,
  error: {
    code: 'connection-lost',
    message:
      'The part of Holdfast that does the work has ended. What it had finished stays; it is started again.',
  },
}

export interface CoreLinkOptions {
  /** The program of the core's process. */
  readonly program: string
  /** Resolves after `ms`; a waiting restart may be cut short. */
  readonly pause: (ms: number) => Promise<void>
  /** The core says why it could not begin. */
  readonly onFailed: (error: WireError) => void
}

/**
 * The process that runs the core: calls to it, events from it. It is started again whenever it ends without having been
 * asked to; calls under way are answered with `connection-lost` then.
 */
export class CoreLink implements Transport {
  /** Never: another process takes the place of one that is gone. */
  readonly closed = new AbortController().signal
  readonly #options: CoreLinkOptions
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  readonly #listeners = new Set<(event: AppEvent) => void>()
  readonly #watchers = new Set<(state: CoreState) => void>()
  readonly #ended = Promise.withResolvers<undefined>()
  #process: UtilityProcess | null = null
  #state: CoreState = 'connecting'
  #failures = 0
  #next = 0
  #leaving = false
  #wake: () => void = () => undefined

  constructor(options: CoreLinkOptions) {
    this.#options = options
  }

  get state(): CoreState {
    return this.#state
  }

  start(): void {
    const core = utilityProcess.fork(this.#options.program, [], {
      serviceName: 'Holdfast core',
      execArgv: ['--max-semi-space-size=8'],
      stdio: 'ignore',
    })
    this.#process = core
    core.on('message', (message: unknown) => this.#take(message))
    core.on('exit', () => void this.#gone())
  }

  /** Starts the core now where it waits to be started again. */
  restart(): void {
    this.#wake()
  }

  call(method: string, input: unknown, { signal }: CallOptions = {}): Promise<Reply> {
    if (this.#process === null || this.#leaving) return Promise.resolve(lost)
    const id = this.#next++
    const cancel = () => this.#tell({ cancel: id })
    return new Promise((resolve) => {
      this.#waiting.set(id, (reply) => {
        signal?.removeEventListener('abort', cancel)
        resolve(reply)
      })
      this.#tell({ id, method, input })
      signal?.addEventListener('abort', cancel, { once: true })
    })
  }

  onEvent(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called with each new state. */
  onState(watcher: (state: CoreState) => void): void {
    this.#watchers.add(watcher)
  }

  /** Interrupts what runs, and resolves when the core has let go of everything and is gone. */
  async leave(): Promise<void> {
    if (this.#leaving) return this.#ended.promise
    this.#leaving = true
    this.#wake()
    if (this.#process === null) this.#ended.resolve(undefined)
    else this.#tell({ leave: true })
    return this.#ended.promise
  }

  #tell(message: HostMessage): void {
    this.#process?.postMessage(message)
  }

  #become(state: CoreState): void {
    if (state === this.#state) return
    this.#state = state
    for (const watcher of this.#watchers) watcher(state)
  }

  #publish(event: AppEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }

  #take(message: unknown): void {
    const { success, data } = CoreMessage.safeParse(message)
    if (!success) return
    if ('event' in data) this.#publish(data.event)
    else if ('failed' in data) this.#options.onFailed(data.failed)
    else if ('ready' in data) {
      this.#failures = 0
      this.#become('open')
      this.#publish({ seq: 0, type: 'resync' })
    } else {
      this.#waiting.get(data.id)?.(data.reply)
      this.#waiting.delete(data.id)
    }
  }

  async #gone(): Promise<void> {
    this.#process = null
    for (const answer of this.#waiting.values()) answer(lost)
    this.#waiting.clear()
    this.#become('lost')
    if (this.#leaving) {
      this.#ended.resolve(undefined)
      return
    }
    const pause = pauses[Math.min(this.#failures, pauses.length - 1)] ?? 30_000
    this.#failures += 1
    const woken = new Promise<void>((resolve) => (this.#wake = resolve))
    await Promise.race([this.#options.pause(pause), woken])
    // `leave` may have come meanwhile.
    if (!this.#isLeaving()) this.start()
  }

  #isLeaving(): boolean {
    return this.#leaving
  }
}
