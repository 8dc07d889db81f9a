import { createContext } from 'svelte'
import type { Output } from '../../../shared/contract.ts'
import type { ArchiveEntry } from '../../../shared/archive-contract.ts'
import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { nameOf } from '../archive-paths.ts'
import { diffRows, type Diff } from '../diff-rows.ts'
import { downloadFile } from '../download.ts'
import { maskSecrets } from '../mask-secrets.ts'
import { readText } from '../read-text.ts'
import type { AppState } from './app-state.ts'
import { Loaded } from './loaded.svelte.ts'

/** What two versions of a file are when they are held against each other. */
export type Comparison =
  | { readonly kind: 'lines'; readonly diff: Diff; readonly masked: boolean }
  | { readonly kind: 'same' }
  /** No text, or too long, or too different: facts alone. */
  | { readonly kind: 'facts'; readonly from: ArchiveEntry; readonly to: ArchiveEntry }

interface Compared {
  readonly server: string
  readonly source: string
  readonly from: string
  readonly to: string
  readonly item: string
}

/** One file of two backups, side by side. */
export class CompareState {
  readonly of: Compared
  readonly list: Loaded<Output<'backups.list'>>
  view = $state<'unified' | 'side'>('unified')
  secrets = $state<'masked' | 'shown'>('masked')
  error = $state.raw<WireError | null>(null)
  saving = $state(false)
  #texts = $state.raw<readonly [string | null, string | null] | null>(null)
  #entries = $state.raw<readonly [ArchiveEntry, ArchiveEntry] | null>(null)
  /** Newest first. */
  readonly backups: readonly Backup[]
  readonly result: Comparison | null
  readonly #app: AppState

  constructor(of: Compared, app: AppState) {
    this.of = of
    this.#app = app
    const { server, source } = of
    this.list = new Loaded(() => app.client.call('backups.list', { server, source }))
    this.backups = $derived(
      [...(this.list.value?.backups ?? [])].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
    )
    this.result = $derived(this.#compared())
    void this.list.refresh()
    void this.#load()
  }

  named(id: string): Backup | null {
    return this.backups.find((each) => each.id === id) ?? null
  }

  /** Saves the older version as it is. */
  async download(): Promise<void> {
    const { client, toasts } = this.#app
    const { from: backup, item } = this.of
    this.saving = true
    try {
      const { signal } = new AbortController()
      await downloadFile(client, { backup, item, name: nameOf(item) }, { signal, progress: () => undefined })
    } catch (error) {
      toasts.show({ state: 'fail', title: 'Nothing was saved', text: toWire(error).message })
    }
    this.saving = false
  }

  #compared(): Comparison | null {
    const [texts, entries] = [this.#texts, this.#entries]
    if (texts === null || entries === null) return null
    const [from, to] = entries
    if (from.sha256 !== null && from.sha256 === to.sha256) return { kind: 'same' }
    const [before, after] = texts
    if (before === null || after === null) return { kind: 'facts', from, to }
    if (before === after) return { kind: 'same' }
    const diff = diffRows(before, after)
    if (diff === null) return { kind: 'facts', from, to }
    return this.secrets === 'shown' ? { kind: 'lines', diff, masked: false } : masked(diff)
  }

  async #load(): Promise<void> {
    const { client } = this.#app
    const { from, to, item } = this.of
    try {
      const read = async (backup: string) => {
        const { entries } = await client.call('archive.list', { backup, item })
        const text = await readText(client, { backup, item })
        return { entry: entries[0], text }
      }
      const [before, after] = await Promise.all([read(from), read(to)])
      if (before.entry === undefined || after.entry === undefined) return
      this.#entries = [before.entry, after.entry]
      this.#texts = [before.text, after.text]
    } catch (error) {
      this.error = toWire(error)
    }
  }
}

function masked(diff: Diff): Comparison {
  let hidden = false
  const rows = diff.rows.map((row) => {
    if (row.kind === 'skip') return row
    const text = maskSecrets(row.text)
    hidden ||= text !== row.text
    return { ...row, text }
  })
  return { kind: 'lines', diff: { ...diff, rows }, masked: hidden }
}

export const [compareState, setCompareState] = createContext<CompareState>()
