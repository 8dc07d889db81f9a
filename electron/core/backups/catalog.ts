import { AppError } from '../../../shared/errors.ts'
import type {
  Backup,
  BackupCopy,
  BackupState,
  OuterManifest,
  QueuedCopy,
} from '../../../shared/model/backup.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import { isUnfinished } from '../destinations/key.ts'
import type { EventBus } from '../event-bus.ts'
import type { Keys } from './sealed-manifest.ts'
import {
  copyOf,
  emptyState,
  isSealed,
  keysOf,
  readManifest,
  readState,
  rowOf,
  stemOfArchive,
  stemOfManifest,
} from './stored-backup.ts'

/** Manifests that are read side by side: a destination may be far away. */
const readsAtOnce = 16

/** A manifest that could not be read, with the reason in words; without a key, the whole destination. */
export interface Unreadable {
  readonly destination: string
  readonly key: Key | null
  readonly why: string
}

/** An archive or upload without a manifest. */
export interface Unfinished {
  readonly destination: string
  readonly key: Key
}

interface Entry {
  readonly manifest: OuterManifest
  readonly copies: Map<string, { readonly row: BackupCopy; readonly copy: OuterManifest['copy'] }>
}

interface Scan {
  readonly unreadable: readonly Unreadable[]
  readonly unfinished: readonly Unfinished[]
}

/**
 * The list of all backups: a cache in memory of what lies at the destinations, read from their manifests. A
 * backup exists where its manifest does.
 */
export class Catalog {
  readonly #entries = new Map<string, Entry>()
  readonly #scans = new Map<string, Scan>()
  readonly #events: EventBus
  readonly #serverName: (id: string) => string | null
  readonly #keys: Keys
  readonly #queued: (id: string) => readonly QueuedCopy[]

  /**
   * `serverName` gives today's name of the server with this id, or null where no profile has it. `keys` open the
   * manifests of encrypted copies; without one that fits, a copy is listed as unreadable. `queued`: the copies that are
   * still to be made of the backup with this id.
   */
  constructor(options: {
    readonly events: EventBus
    readonly serverName: (id: string) => string | null
    readonly keys: Keys
    readonly queued: (id: string) => readonly QueuedCopy[]
  }) {
    this.#events = options.events
    this.#keys = options.keys
    this.#serverName = options.serverName
    this.#queued = options.queued
  }

  /** Newest first. */
  list(): readonly Backup[] {
    return [...this.#entries.values()]
      .map(({ manifest, copies }) =>
        rowOf(
          manifest,
          {
            copies: [...copies.values()].map(({ row }) => row),
            missing: this.#queued(manifest.id).filter(({ destination }) => !copies.has(destination)),
          },
          this.#serverName(manifest.source.id) ?? manifest.source.server,
        ),
      )
      .sort((a, b) =>
        a.startedAt === b.startedAt ? (a.id < b.id ? 1 : -1) : a.startedAt < b.startedAt ? 1 : -1,
      )
  }

  unfinished(): readonly Unfinished[] {
    return [...this.#scans.values()].flatMap((scan) => scan.unfinished)
  }

  /** What the last look at each destination could not read: there may be more backups than the list has. */
  unreadable(): readonly Unreadable[] {
    return [...this.#scans.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([, scan]) => scan.unreadable)
  }

  /** Throws `not-found`. */
  manifest(id: string): OuterManifest {
    const entry = this.#entries.get(id)
    if (!entry) throw new AppError('not-found', `There is no backup ${id}.`)
    return entry.manifest
  }

  /** The manifest as it lies beside the copy at a destination. Throws `not-found`. */
  manifestAt(id: string, destination: string): OuterManifest {
    const copy = this.#entries.get(id)?.copies.get(destination)?.copy
    if (!copy) throw new AppError('not-found', `The backup ${id} has no copy at ${destination}.`)
    return { ...this.manifest(id), copy }
  }

  /** Adds or replaces one copy. */
  add(
    destination: Destination,
    stem: Key,
    stored: { readonly manifest: OuterManifest; readonly state: BackupState },
  ): void {
    const { manifest, state } = stored
    const entry: Entry = this.#entries.get(manifest.id) ?? { manifest, copies: new Map() }
    const row = copyOf(destination, stem, manifest, state)
    entry.copies.set(destination.name, { row, copy: manifest.copy })
    this.#entries.set(manifest.id, entry)
    this.#events.publish({ type: 'catalog.changed' })
  }

  /** Forgets a copy, and the backup with its last one. */
  remove(id: string, destination: string): void {
    const entry = this.#entries.get(id)
    entry?.copies.delete(destination)
    if (entry?.copies.size === 0) this.#entries.delete(id)
    this.#events.publish({ type: 'catalog.changed' })
  }

  /** Forgets all that was read from a destination. */
  forget(destination: string): void {
    this.#scans.delete(destination)
    for (const id of [...this.#entries.keys()]) {
      if (this.#entries.get(id)?.copies.has(destination)) this.remove(id, destination)
    }
  }

  /** Lists a destination as one that cannot be read; what was known of it is forgotten. */
  unreachable(destination: string, why: string): void {
    this.forget(destination)
    this.#scans.set(destination, { unreadable: [{ destination, key: null, why }], unfinished: [] })
  }

  /**
   * Reads a destination anew, whose fresh listing is `keys`; what is not there any more is forgotten. Returns the
   * manifests that are damaged.
   */
  async scan(
    destination: Destination,
    keys: ReadonlySet<Key>,
    options: { readonly signal: AbortSignal },
  ): Promise<readonly Unreadable[]> {
    const found: { stem: Key; manifest: OuterManifest; state: BackupState }[] = []
    const unreadable: Unreadable[] = []
    const read = async (key: Key, stem: Key) => {
      try {
        const manifest = await readManifest(destination, stem, { ...options, keys: this.#keys })
        const { archive } = keysOf(stem, { sealed: isSealed(manifest) })
        if (!keys.has(archive)) throw new AppError('corrupt', 'its archive is missing')
        const changed = keys.has(keysOf(stem).state)
        found.push({
          stem,
          manifest,
          state: changed ? await readState(destination, stem, options) : emptyState,
        })
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'cancelled') throw error
        unreadable.push({ destination: destination.name, key, why: error.message })
      }
    }
    const manifests = [...keys].flatMap((key) => {
      const stem = stemOfManifest(key)
      return stem === null ? [] : [{ key, stem }]
    })
    for (let at = 0; at < manifests.length; at += readsAtOnce) {
      await Promise.all(manifests.slice(at, at + readsAtOnce).map(({ key, stem }) => read(key, stem)))
    }
    this.forget(destination.name)
    for (const { stem, ...stored } of found) this.add(destination, stem, stored)
    this.#scans.set(destination.name, { unreadable, unfinished: unfinishedOf(keys, destination.name) })
    return unreadable
  }
}

function unfinishedOf(keys: ReadonlySet<Key>, destination: string): readonly Unfinished[] {
  const found: Unfinished[] = []
  for (const key of keys) {
    const stem = stemOfArchive(key)
    const lonely = stem !== key && !keys.has(keysOf(stem).manifest)
    if (isUnfinished(key) || lonely) found.push({ destination, key })
  }
  return found
}
