import { createContext } from 'svelte'
import type { Output } from '../../../shared/contract.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { HostKey, Server, Survey } from '../../../shared/model/server.ts'
import type { Discovery } from '../../../shared/model/source.ts'
import { ed25519First, findFingerprint } from '../../../shared/fingerprint.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'
import { NewLogin } from './new-login.svelte.ts'

/** Adding a server: where it is, whether it is the right one, what it can do. Nothing is kept before all of it worked. */
export class NewServer {
  step = $state<'connect' | 'trust' | 'check'>('connect')
  busy = $state(false)
  error = $state.raw<WireError | null>(null)
  /** Somebody wanted to go on, so every field says what is wrong. */
  judged = $state(false)
  keys = $state.raw<readonly HostKey[]>([])
  pasted = $state('')
  trusted = $state.raw<HostKey | null>(null)
  server = $state.raw<Server | null>(null)
  survey = $state.raw<Survey | null>(null)
  found = $state.raw<Discovery | null>(null)
  readonly login = new NewLogin()
  readonly importable: Loaded<Output<'servers.importable'>>
  readonly expected
  /** The key to be trusted: the one that was pasted, else the first. */
  readonly offered
  readonly differs
  readonly #app: AppState
  readonly #untouched: string
  #asking: AbortController | null = null

  constructor(app: AppState) {
    this.#app = app
    this.#untouched = JSON.stringify([this.login.draft(), this.login.secrets()])
    this.importable = new Loaded(() => app.client.call('servers.importable', {}))
    this.expected = $derived(findFingerprint(this.pasted))
    this.offered = $derived(
      this.keys.find(({ fingerprint }) => fingerprint === this.expected) ?? this.keys[0] ?? null,
    )
    this.differs = $derived(this.pasted.trim() !== '' && this.offered?.fingerprint !== this.expected)
  }

  /** Something was typed that leaving would lose. */
  get wouldLose(): boolean {
    return (
      this.server === null && JSON.stringify([this.login.draft(), this.login.secrets()]) !== this.#untouched
    )
  }

  /** Logs in; where the server is not known yet, the host key comes first. */
  async connect(): Promise<void> {
    this.judged = true
    if (this.login.problems.length > 0) return
    await this.#submit(null)
  }

  async trust(): Promise<void> {
    if (this.offered === null || this.differs) return
    this.trusted = this.offered
    await this.#submit(this.offered.fingerprint)
  }

  /** Ends what is asked of the server at the moment; nothing is kept of it. */
  cancel(): void {
    this.#asking?.abort()
  }

  /** The task is left: a login ends with it, a look at a server that was added goes on. */
  leave(): void {
    if (this.server === null) this.cancel()
  }

  back(): void {
    this.step = 'connect'
    this.error = null
  }

  /** Looks at what is there, once more. */
  async check(): Promise<void> {
    const name = this.server?.name
    if (name === undefined) return
    await this.#told(async (options) => {
      this.found = null
      this.survey = (await this.#app.client.call('servers.survey', { name }, options)).survey
      this.found = await this.#app.client.call('sources.list', { server: name }, options)
    })
  }

  async #submit(accept: string | null): Promise<void> {
    await this.#told(async (options) => {
      const given = { draft: this.login.draft(), secrets: this.login.secrets(), accept }
      const { server, survey } = await this.#app.client.call('servers.add', given, options)
      Object.assign(this, { server, survey, step: 'check' })
      this.found = await this.#app.client.call('sources.list', { server: server.name }, options)
    })
  }

  async #told(act: (options: { readonly signal: AbortSignal }) => Promise<void>): Promise<void> {
    this.busy = true
    this.error = null
    this.#asking = new AbortController()
    try {
      await act(this.#asking)
    } catch (error) {
      this.#fail(toWire(error))
    } finally {
      this.busy = false
    }
  }

  #fail(error: WireError): void {
    if (error.code === 'cancelled') return
    const shown = (error.details?.['keys'] ?? []) as readonly HostKey[]
    if (error.code === 'host-key-unknown') {
      this.keys = ed25519First(shown)
      this.step = 'trust'
      return
    }
    this.error = error
    if (this.step === 'trust' && error.code !== 'host-key-changed') this.step = 'connect'
    if (error.code === 'host-key-changed' && this.step === 'trust') this.keys = ed25519First(shown)
  }
}

export const [newServer, setNewServer] = createContext<NewServer>()
