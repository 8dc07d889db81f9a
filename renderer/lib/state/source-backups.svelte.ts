import { createContext } from 'svelte'
import { toWire } from '../../../shared/errors.ts'
import { isVerified } from '../../../shared/day-marks.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { Output } from '../../../shared/contract.ts'
import { pinsOf } from '../backup-words.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'

export const filters = ['all', 'full', 'parts', 'pinned', 'problems'] as const
export type BackupFilter = (typeof filters)[number]

/** One source's backups: the list, what is shown of it, the selected one, and what is done with it. */
export class SourceBackupsState {
  readonly server: string
  readonly source: string
  readonly loaded: Loaded<Output<'backups.list'>>
  filter = $state<BackupFilter>('all')
  picked = $state<string | null>(null)
  /** The backup of which somebody is asked whether it is to be deleted. */
  asking = $state<string | null>(null)
  readonly #app: AppState
  /** Newest first. */
  readonly backups: readonly Backup[]
  readonly shown: readonly Backup[]
  readonly selected: Backup | null

  constructor({ server, source }: { readonly server: string; readonly source: string }, app: AppState) {
    this.server = server
    this.source = source
    this.#app = app
    this.loaded = new Loaded(() => app.client.call('backups.list', { server, source }))
    this.backups = $derived(
      [...(this.loaded.value?.backups ?? [])].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
    )
    this.shown = $derived(this.backups.filter((backup) => this.matches(backup, this.filter)))
    this.selected = $derived(this.backups.find(({ id }) => id === this.picked) ?? this.shown[0] ?? null)
  }

  /** Begins to listen; returns the function that ends it. */
  watch(): () => void {
    void this.loaded.refresh()
    return this.#app.client.onEvent(({ type }) => {
      if (type === 'catalog.changed' || type === 'destinations.changed' || type === 'resync')
        void this.loaded.refresh()
    })
  }

  matches(backup: Backup, filter: BackupFilter): boolean {
    const whole = backup.scope === 'full' && backup.only.length === 0
    switch (filter) {
      case 'all':
        return true
      case 'full':
        return whole
      case 'parts':
        return !whole
      case 'pinned':
        return this.isPinned(backup)
      case 'problems':
        return backup.result === 'partial' || !isVerified(backup)
    }
  }

  isPinned(backup: Backup): boolean {
    return pinsOf(backup, this.#app.clock).length > 0
  }

  /** Whether no other verified full backup is left beside it. */
  isLastGood(backup: Backup): boolean {
    const good = this.backups.filter((each) => this.matches(each, 'full') && !this.matches(each, 'problems'))
    return good.length === 1 && good[0]?.id === backup.id
  }

  pick(backup: Backup): void {
    this.picked = backup.id
    this.asking = null
  }

  async pin(backup: Backup, pinned: boolean): Promise<void> {
    await this.#told('Nothing was changed', async () => {
      await this.#app.client.call('backups.pin', { backup: backup.id, pinned })
      const title = `${pinned ? 'Pinned' : 'Unpinned'} ${backup.name}`
      this.#app.toasts.show({ state: 'held', title, text: null })
    })
    await this.loaded.refresh()
  }

  async delete(backup: Backup): Promise<void> {
    this.asking = null
    await this.#told(`${backup.name} was not deleted whole`, async () => {
      await this.#app.client.call('backups.delete', { backup: backup.id })
      this.#app.toasts.show({ state: 'held', title: `Deleted ${backup.name}`, text: null })
    })
    await this.loaded.refresh()
  }

  async #told(failed: string, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#app.toasts.show({ state: 'fail', title: failed, text: toWire(error).message })
    }
  }
}

export const [sourceBackupsState, setSourceBackupsState] = createContext<SourceBackupsState>()
