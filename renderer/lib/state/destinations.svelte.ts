import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../../../shared/client.ts'
import type { DestinationProfile } from '../../../shared/model/destination.ts'
import { ConnectionTest } from './connection-test.svelte.ts'
import { Loaded } from './loaded.svelte.ts'

/** Where copies lie, and how tests of these places went while this page was open. */
export class DestinationsState {
  readonly loaded: Loaded<readonly DestinationProfile[]>
  readonly list = $derived.by((): readonly DestinationProfile[] => this.loaded.value ?? [])
  readonly #client: Client
  readonly #tests = new SvelteMap<string, ConnectionTest>()

  constructor(client: Client) {
    this.#client = client
    this.loaded = new Loaded(async () => (await client.call('destinations.list', {})).destinations)
    client.onEvent(({ type }) => {
      if (type === 'destinations.changed' || type === 'resync') void this.loaded.refresh()
    })
  }

  named(name: string): DestinationProfile | null {
    return this.list.find((each) => each.name === name) ?? null
  }

  /** The last test of a place; null where there was none. */
  testOf(name: string): ConnectionTest | null {
    return this.#tests.get(name) ?? null
  }

  async test(name: string): Promise<void> {
    const test = this.#tests.get(name) ?? new ConnectionTest()
    this.#tests.set(name, test)
    await test.run((options) => this.#client.call('destinations.test', { name }, options))
  }
}
