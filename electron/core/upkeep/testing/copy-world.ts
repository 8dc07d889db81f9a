import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import type { Backup } from '../../../../shared/model/backup.ts'
import { accountEntries, buildFixture } from '../../archive/fixture.ts'
import { Catalog } from '../../backups/catalog.ts'
import type { CopyParts } from '../../backups/copy-backup.ts'
import { CopyQueue } from '../../backups/copy-queue.ts'
import { emptyState, keysOf } from '../../backups/stored-backup.ts'
import { DestinationProfiles } from '../../destinations/profiles.ts'
import { localAccess } from '../../destinations/testing/local-access.ts'
import { Encryption } from '../../encryption/encryption.ts'
import { EventBus } from '../../event-bus.ts'
import { JobQueue } from '../../jobs/job-queue.ts'
import { JobStore } from '../../jobs/job-store.ts'
import { SimulatedClock } from '../../scheduler/testing/simulated-clock.ts'
import { openMemorySecrets } from '../../secrets/memory.ts'
import { Upkeep } from '../upkeep.ts'

const log = { write: () => undefined }
const { signal } = new AbortController()
const serverFolder = 'lab-00000000'
const server = { format: 1, id: uuid(), name: 'lab', host: 'lab.example', hostKeys: [], machine: null }

/** A data folder with folders as destinations, and a clock that a test moves. */
export class CopyWorld implements AsyncDisposable {
  readonly folder: string
  readonly clock = new SimulatedClock('2026-04-08T03:00:00Z')
  readonly #stack = new AsyncDisposableStack()
  #backups = 0
  #events = new EventBus()
  queue!: CopyQueue
  destinations!: DestinationProfiles
  catalog!: Catalog
  jobs!: JobQueue
  upkeep!: Upkeep
  /** Backups that lacked a copy and lack none any more. */
  readonly whole: string[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(names: readonly string[]): Promise<CopyWorld> {
    const world = new CopyWorld(await mkdtemp(join(tmpdir(), 'hf-copies-')))
    world.#stack.defer(() => rm(world.folder, { recursive: true, force: true }))
    await world.#open()
    for (const name of names) {
      const profile = {
        kind: 'local',
        encrypted: false,
        id: uuid(),
        name,
        path: world.place(name),
        addedAt: '2026-04-08T01:30:00.000Z',
      } as const
      await localAccess.prepare(profile, { signal })
      await world.destinations.add(profile)
    }
    return world
  }

  async #open(): Promise<void> {
    const { clock, folder } = this
    const events = new EventBus()
    this.#events = events
    const secrets = openMemorySecrets()
    const encryption = await Encryption.open({ dataFolder: folder, secrets, clock, log })
    this.#stack.use(encryption)
    this.queue = await CopyQueue.open(folder, { clock, log, events })
    this.destinations = await DestinationProfiles.open(folder, { log, events, access: localAccess })
    const queued = (id: string) => this.queue.of(id)
    this.catalog = new Catalog({ events, serverName: () => 'lab', keys: encryption, queued })
    const store = await JobStore.open(join(folder, 'jobs'), { log })
    this.jobs = new JobQueue({ clock, log, events, store, parallel: 2 })
    const backupParts: CopyParts = {
      ...{ catalog: this.catalog, clock, copyQueue: this.queue, destinations: this.destinations },
      ...{ encryption, space: { reserve: 0, floor: 0, lookEvery: 1 << 20 } },
      onWhole: ({ id }) => {
        this.whole.push(id)
        return Promise.resolve()
      },
    }
    this.upkeep = await Upkeep.open({ dataFolder: folder, backupParts, jobs: this.jobs, log })
  }

  /** The same data folder in another process's hands, which has read its destinations. */
  async restart(): Promise<void> {
    await this.#open()
    for (const { name } of this.destinations.list()) {
      await using destination = await this.destinations.connect(name, { signal })
      const keys = new Set<string>()
      for await (const { key } of destination.list('', { signal })) keys.add(key)
      await this.catalog.scan(destination, keys, { signal })
    }
  }

  place(name: string): string {
    return join(this.folder, name)
  }

  /** Takes a destination away, or puts it back. */
  async unplug(name: string): Promise<void> {
    await rename(this.place(name), this.place(`${name}.away`))
  }
  async plug(name: string): Promise<void> {
    await rename(this.place(`${name}.away`), this.place(name))
  }

  /** Stores a backup at a destination, as of some hours ago, with all that it was to have. */
  async store(name: string, options: { readonly to?: readonly string[]; readonly hoursAgo?: number } = {}) {
    const startedAt = new Date(this.clock.now().getTime() - (options.hoursAgo ?? 1) * 3_600_000).toISOString()
    this.#backups += 1
    const { archive, index, outer } = buildFixture(accountEntries, {
      id: uuid(),
      manifest: (manifest) => ({ ...manifest, startedAt, finishedAt: startedAt }),
    })
    const number = this.#backups === 1 ? '' : `_${this.#backups}`
    const stem = `${serverFolder}/accounts/alice/alice_2026-04-08${number}`
    await using destination = await this.destinations.connect(name, { signal })
    const keys = keysOf(stem)
    await destination.put(keys.archive, archive, { signal })
    await destination.put(keys.index, index, { signal })
    await destination.put(`${serverFolder}/server.json`, Buffer.from(JSON.stringify(server)), {
      ...{ signal, replace: true },
    })
    const verified = { level: 'deep' as const, at: startedAt }
    const times = { startedAt, finishedAt: startedAt }
    const manifest = { ...outer, ...times, copy: { name: keys.archive.split('/').at(-1) ?? '', verified } }
    await this.queue.expect(outer.id, [name, ...(options.to ?? [])])
    await destination.put(keys.manifest, Buffer.from(JSON.stringify(manifest)), { signal })
    this.catalog.add(destination, stem, { manifest, state: emptyState })
    await this.queue.remove(outer.id, name)
    return outer.id
  }

  backup(id: string): Backup {
    const found = this.catalog.list().find((each) => each.id === id)
    if (!found) throw new Error(`There is no backup ${id}.`)
    return found
  }

  /** Resolves when the next job begins to run. */
  async jobRuns(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const unsubscribe = this.#events.subscribe(
      (event) => event.type === 'job.changed' && event.job.state === 'running' && resolve(undefined),
      { after: null },
    )
    await promise
    unsubscribe()
  }

  /** Lets so many minutes pass and does what is due then. */
  async workAfter(minutes: number) {
    this.clock.advance(minutes * 60_000)
    return this.upkeep.work()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.upkeep[Symbol.asyncDispose]()
    await this.jobs[Symbol.asyncDispose]()
    await stopped
    await this.#stack.disposeAsync()
  }
}
