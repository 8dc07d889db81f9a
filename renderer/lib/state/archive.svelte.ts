import { createContext } from 'svelte'
import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { ArchiveEntry } from '../../../shared/archive-contract.ts'
import type { Output } from '../../../shared/contract.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { parentOf } from '../archive-paths.ts'
import type { AppState } from './app-state.ts'
import { FolderHistoryState } from './folder-history.svelte.ts'
import { Loaded } from './loaded.svelte.ts'

const mostHits = 500

/** One folder in the tree, in the order of the screen. */
export interface TreeRow {
  readonly path: string
  readonly depth: number
}

/** One backup's archive: its folders as far as somebody looked, the folder that is open, and the search. */
export class ArchiveState {
  readonly id: string
  readonly server: string
  readonly source: string
  readonly list: Loaded<Output<'backups.list'>>
  readonly history: FolderHistoryState
  readonly found: Loaded<{ readonly pattern: string } & Output<'archive.find'>>
  /** Empty for the archive's top. */
  folder = $state('')
  picked = $state.raw<ArchiveEntry | null>(null)
  pattern = $state('')
  error = $state.raw<WireError | null>(null)
  readonly expanded = new SvelteSet<string>()
  /** Paths that are to be restored, each with all that is below it. */
  readonly selected = new SvelteSet<string>()
  readonly #folders = new SvelteMap<string, readonly ArchiveEntry[]>()
  readonly #asked = new SvelteSet<string>()
  readonly #app: AppState
  /** Newest first. */
  readonly backups: readonly Backup[]
  readonly backup: Backup | null
  readonly entries: readonly ArchiveEntry[] | null
  readonly tree: readonly TreeRow[]

  constructor(
    { server, source, id }: { readonly server: string; readonly source: string; readonly id: string },
    app: AppState,
  ) {
    this.id = id
    this.server = server
    this.source = source
    this.#app = app
    this.list = new Loaded(() => app.client.call('backups.list', { server, source }))
    this.history = new FolderHistoryState({ server, source }, () => this.folder, app)
    this.found = new Loaded(async () => {
      const pattern = this.pattern.trim()
      const hits = { pattern, source: null, backup: id, limit: mostHits }
      if (pattern === '') return { pattern, hits: [], more: false }
      return { pattern, ...(await app.client.call('archive.find', hits)) }
    })
    this.backups = $derived(
      [...(this.list.value?.backups ?? [])].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
    )
    this.backup = $derived(this.backups.find((each) => each.id === id) ?? null)
    this.entries = $derived(this.#folders.get(this.folder) ?? null)
    this.tree = $derived(this.#rows('', 0))
    void this.load('')
  }

  /** Fetches a folder, once. */
  async load(path: string): Promise<void> {
    if (this.#asked.has(path)) return
    this.#asked.add(path)
    try {
      const item = path === '' ? null : path
      const { entries } = await this.#app.client.call('archive.list', { backup: this.id, item })
      this.#folders.set(path, entries)
      this.error = null
      if (path === this.folder) void this.history.loaded.refresh()
    } catch (error) {
      this.#asked.delete(path)
      this.error = toWire(error)
    }
  }

  /** Whether a folder's own folders are not known yet. */
  isLoading(path: string): boolean {
    return this.expanded.has(path) && !this.#folders.has(path)
  }

  /** Shows a folder's entries, with the folders above it open in the tree. */
  open(path: string): void {
    this.folder = path
    this.picked = null
    for (let at = path; at !== ''; at = parentOf(at)) this.#expand(at)
    if (this.#folders.has(path)) void this.history.loaded.refresh()
    else void this.load(path)
  }

  toggle(path: string): void {
    if (this.expanded.has(path)) this.expanded.delete(path)
    else this.#expand(path)
  }

  search(pattern: string): void {
    this.pattern = pattern
    void this.found.refresh()
  }

  /** `yes`: chosen itself; `within`: something around it is; `some`: something below it is. */
  selection(path: string): 'yes' | 'within' | 'some' | 'no' {
    if (this.selected.has(path)) return 'yes'
    for (let at = parentOf(path); at !== ''; at = parentOf(at)) if (this.selected.has(at)) return 'within'
    return [...this.selected].some((each) => each.startsWith(`${path}/`)) ? 'some' : 'no'
  }

  /** Chooses a path with all that is below it, or no longer. */
  select(path: string): void {
    if (this.selected.delete(path)) return
    for (const each of [...this.selected]) if (each.startsWith(`${path}/`)) this.selected.delete(each)
    this.selected.add(path)
  }

  /** Leaves the search for the folder that an entry lies in. */
  show(entry: ArchiveEntry): void {
    this.search('')
    this.open(entry.type === 'directory' ? entry.path : parentOf(entry.path))
    if (entry.type !== 'directory') this.picked = entry
  }

  #expand(path: string): void {
    this.expanded.add(path)
    void this.load(path)
  }

  #rows(folder: string, depth: number): TreeRow[] {
    return (this.#folders.get(folder) ?? [])
      .filter(({ type }) => type === 'directory')
      .flatMap(({ path }) => [
        { path, depth },
        ...(this.expanded.has(path) ? this.#rows(path, depth + 1) : []),
      ])
  }
}

export const [archiveState, setArchiveState] = createContext<ArchiveState>()
