import { ed25519First } from '../../../shared/fingerprint.ts'
import type { FleetServer } from '../../../shared/model/fleet.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'

/** The host keys of one server: those that are trusted, and those that it shows now. */
export class HostKeyState {
  readonly trusted
  readonly offered
  readonly first
  /** Null: nobody knows, because the server did not answer yet. */
  readonly same
  readonly blocked
  replacing = $state(false)
  error = $state.raw<WireError | null>(null)
  readonly #app: AppState
  readonly #standing: FleetServer

  constructor(standing: FleetServer, app: AppState) {
    this.#app = app
    this.#standing = standing
    const { name, host, port, jump } = standing.server
    this.trusted = new Loaded(async () => (await app.client.call('servers.show', { name })).hostKeys)
    this.offered = new Loaded(async () =>
      ed25519First((await app.client.call('servers.scan', { host, port, jump })).keys),
    )
    this.first = $derived(this.offered.value?.[0] ?? null)
    this.same = $derived.by(() => {
      const [trusted, offered] = [this.trusted.value, this.offered.value]
      if (trusted === null || offered === null) return null
      return offered.some((key) => trusted.some(({ fingerprint }) => fingerprint === key.fingerprint))
    })
    this.blocked = $derived((app.fleet.named(name)?.sources ?? []).filter(({ state }) => state === 'blocked'))
  }

  /** Looks at both; the server is asked for its keys, and nobody logs in. */
  async look(): Promise<void> {
    await Promise.all([this.trusted.refresh(), this.offered.refresh()])
  }

  /** Trusts the key that is shown instead of all others. True: done. */
  async replace(): Promise<boolean> {
    if (this.first === null) return false
    this.replacing = true
    this.error = null
    try {
      const { name } = this.#standing.server
      await this.#app.client.call('servers.acceptHostKey', { name, fingerprint: this.first.fingerprint })
      this.#app.toasts.show({ state: 'held', title: `${name} is trusted by its new host key`, text: null })
      return true
    } catch (error) {
      this.error = toWire(error)
      return false
    } finally {
      this.replacing = false
      await this.look()
    }
  }
}
