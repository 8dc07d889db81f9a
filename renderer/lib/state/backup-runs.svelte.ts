import type { Client } from '../../../shared/client.ts'
import { toWire } from '../../../shared/errors.ts'
import { plural } from '../../../shared/format.ts'
import type { Scope } from '../../../shared/model/backup.ts'
import type { Toasts } from './toasts.svelte.ts'

/** A source by the name of its server and its own. */
export interface SourceRef {
  readonly server: string
  readonly source: string
}

/** Starts what people ask for; what is refused is told in the product's own sentence. */
export class BackupRuns {
  readonly #client: Client
  readonly #toasts: Toasts

  constructor(client: Client, toasts: Toasts) {
    this.#client = client
    this.#toasts = toasts
  }

  /** Backs sources up to the place that needs no setting up. */
  async start(sources: readonly SourceRef[], scope: Scope): Promise<void> {
    await this.#told('Nothing was started', async () => {
      await this.#client.call('backups.start', {
        ...{ sources: [...sources], scope, destinations: [], exclude: [], credentials: true },
      })
      const what = sources.length === 1 ? (sources[0]?.source ?? '') : plural(sources.length, 'source')
      this.#toasts.show({ state: 'run', title: `Backing up ${what}`, text: null })
    })
  }

  /** Reads a backup back whole. */
  async verify(backup: string): Promise<void> {
    await this.#told('Nothing was verified', async () => {
      await this.#client.call('backups.verify', { backup, level: 'read', destination: null })
      this.#toasts.show({ state: 'run', title: 'Reading the backup back', text: null })
    })
  }

  async #told(failed: string, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#toasts.show({ state: 'fail', title: failed, text: toWire(error).message })
    }
  }
}
