import type { Client } from '../../../shared/client.ts'
import type { RecoveryKeyStatus } from '../../../shared/model/recovery-key.ts'
import { Loaded } from './loaded.svelte.ts'

/** What is known of the keys that backups are encrypted with. */
export class RecoveryKeyState {
  readonly loaded: Loaded<RecoveryKeyStatus>

  constructor(client: Client) {
    this.loaded = new Loaded(() => client.call('recoveryKey.status', {}))
    client.onEvent(({ type }) => {
      if (type === 'secrets.changed' || type === 'resync') void this.loaded.refresh()
    })
  }
}
