import { SvelteSet } from 'svelte/reactivity'
import type { ArchiveEntry } from '../../../shared/archive-contract.ts'
import type { Output } from '../../../shared/contract.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { groupVersions, type ItemVersion } from '../item-versions.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'

const first = 20
const all = 1000

/** One file through the backups of its source, and the two of them that are to be compared. */
export class ItemHistoryState {
  readonly loaded: Loaded<Output<'archive.history'>>
  readonly picked = new SvelteSet<string>()
  readonly versions: readonly ItemVersion[]
  readonly groups
  /** Both picked backups, the older one first; null until there are two. */
  readonly pair: readonly [string, string] | null
  #limit = first

  constructor(
    entry: ArchiveEntry,
    {
      server,
      source,
      backups,
    }: { readonly server: string; readonly source: string; readonly backups: () => readonly Backup[] },
    { client }: Pick<AppState, 'client'>,
  ) {
    this.loaded = new Loaded(() =>
      client.call('archive.history', { server, source, item: entry.path, limit: this.#limit }),
    )
    this.versions = $derived.by(() => {
      const byId = Object.fromEntries(backups().map((backup) => [backup.id, backup]))
      return (this.loaded.value?.versions ?? []).flatMap(({ backupId, entry: found }) => {
        const backup = byId[backupId]
        return backup === undefined || found === null ? [] : [{ backup, entry: found }]
      })
    })
    this.groups = $derived(groupVersions(this.versions))
    this.pair = $derived.by(() => {
      const [newer, older] = this.versions.filter(({ backup }) => this.picked.has(backup.id))
      return newer === undefined || older === undefined ? null : [older.backup.id, newer.backup.id]
    })
    void this.loaded.refresh()
  }

  /** Picks a version or lets go of it; of three, the one that was picked first gives way. */
  toggle(backup: string): void {
    if (this.picked.delete(backup)) return
    const [oldest] = this.picked
    if (this.picked.size === 2 && oldest !== undefined) this.picked.delete(oldest)
    this.picked.add(backup)
  }

  /** Looks into the older backups too. */
  async lookFurther(): Promise<void> {
    this.#limit = all
    await this.loaded.refresh()
  }
}
