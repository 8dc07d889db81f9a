import type { Client } from '../../../shared/client.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { Loaded } from './loaded.svelte.ts'

/** All backups that are known, for a page that looks over all of them. */
export class KnownBackups {
  readonly loaded: Loaded<readonly Backup[]>
  readonly list = $derived.by((): readonly Backup[] => this.loaded.value ?? [])
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
    this.loaded = new Loaded(async () => (await client.call('backups.list', {})).backups)
  }

  /** Begins to listen; returns the function that ends it. */
  watch(): () => void {
    void this.loaded.refresh()
    return this.#client.onEvent(({ type }) => {
      if (type === 'catalog.changed' || type === 'destinations.changed' || type === 'resync')
        void this.loaded.refresh()
    })
  }
}
