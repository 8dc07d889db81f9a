import type { Client } from '../../../shared/client.ts'
import type { Output } from '../../../shared/contract.ts'
import { secretsInWindowWords } from '../advice-words.ts'
import { Loaded } from './loaded.svelte.ts'

/** Where passwords are kept, and whether it is open. */
export class SecretsState {
  readonly loaded: Loaded<Output<'secrets.status'>>

  constructor(client: Client) {
    this.loaded = new Loaded(async () => secretsInWindowWords(await client.call('secrets.status', {})))
    client.onEvent(({ type }) => {
      if (type === 'secrets.changed' || type === 'resync') void this.loaded.refresh()
    })
  }
}
