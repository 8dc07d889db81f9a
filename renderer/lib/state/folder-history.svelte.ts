import { toWire } from '../../../shared/errors.ts'
import type { AppState } from './app-state.ts'
import { entryHistoryWords, type FolderHistory } from '../entry-history.ts'
import { Loaded } from './loaded.svelte.ts'

const all = 1000

/** What became of the files of the open folder, through the backups whose index is on this computer. */
export class FolderHistoryState {
  readonly loaded: Loaded<FolderHistory>
  /** What the column says, by path. */
  readonly words: Readonly<Record<string, string>>
  readingOthers = $state(false)
  /** Why some of the others could not be read, in words. */
  unread = $state.raw<string | null>(null)
  readonly #of: { readonly server: string; readonly source: string }
  readonly #folder: () => string
  readonly #client: AppState['client']

  constructor(
    of: { readonly server: string; readonly source: string },
    folder: () => string,
    { client, clock }: Pick<AppState, 'client' | 'clock'>,
  ) {
    this.#of = of
    this.#folder = folder
    this.#client = client
    this.loaded = new Loaded(() =>
      client.call('archive.folderHistory', { ...of, item: folder() === '' ? null : folder() }),
    )
    this.words = $derived.by(() => {
      const { entries, compared } = this.loaded.value ?? { entries: [], compared: 0 }
      const { now } = clock
      return Object.fromEntries(
        entries.map((entry) => [entry.path, entryHistoryWords(entry, { compared, now })]),
      )
    })
  }

  /** Reads the indexes that are not here yet, then compares again. */
  async readOthers(): Promise<void> {
    this.readingOthers = true
    try {
      const item = this.#folder()
      const { unread } = await this.#client.call('archive.history', { ...this.#of, item, limit: all })
      this.unread = unread[0]?.why ?? null
    } catch (error) {
      this.unread = toWire(error).message
    }
    this.readingOthers = false
    await this.loaded.refresh()
  }
}
