import type { Client } from '../../../shared/client.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Output } from '../../../shared/contract.ts'
import { Loaded } from './loaded.svelte.ts'

/** The server to practise on. */
export class PracticeState {
  readonly loaded: Loaded<Output<'practice.status'>>
  starting = $state(false)
  error = $state.raw<WireError | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
    this.loaded = new Loaded(() => client.call('practice.status', {}))
    client.onEvent(({ type }) => {
      if (type === 'servers.changed' || type === 'resync') void this.loaded.refresh()
    })
  }

  /** Starts it and adds it; resolves to the name of its profile, or null where it did not start. */
  async start(): Promise<string | null> {
    this.starting = true
    this.error = null
    try {
      return (await this.#client.call('practice.start', {})).server.name
    } catch (error) {
      this.error = toWire(error)
      return null
    } finally {
      this.starting = false
    }
  }
}
