import { v7 as uuid } from 'uuid'
import { AppError } from '../../../shared/errors.ts'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { Retention, Schedule } from '../../../shared/model/schedule.ts'
import { accountEntries, buildFixture, type Fixture } from '../archive/fixture.ts'
import { Catalog } from '../backups/catalog.ts'
import { keysOf } from '../backups/stored-backup.ts'
import type { Destination } from '../destinations/destination.ts'
import { openMemoryDestination, type MemoryPlace } from '../destinations/memory.ts'
import { noKeys } from '../encryption/no-keys.ts'
import { EventBus } from '../event-bus.ts'
import { pruneDestination, type PruneParts } from './prune-destination.ts'

const day = 86_400_000
const { signal } = new AbortController()
/** Whose backups the place has. */
export const scheduleId = '0190b0d0-0000-7000-8000-00000000000a'
const log = { write: () => undefined }

export const keepLast = (last: number): Retention => ({
  ...{ last, daily: null, weekly: null, monthly: null, yearly: null, withinDays: null },
})

/** A schedule with this retention, to `there`. */
export function scheduleOf(retention: Retention): Schedule {
  return {
    ...{ id: scheduleId, name: 'nightly', createdAt: '2026-01-01T00:00:00.000Z', paused: null },
    ...{ times: { every: 'day', at: '02:00' }, zone: 'UTC', scope: 'full', destinations: ['there'] },
    ...{ sources: [], exclude: [], credentials: true, retention, jitterMinutes: 0, perServer: 1 },
    ...{ window: null, missed: { then: 'run' }, pingUrl: null },
  }
}

/** A place with daily backups of one schedule, and a clock that stands. */
export class TestPlace {
  readonly place: MemoryPlace = new Map()
  now = new Date('2026-04-08T03:00:00Z')
  #fixture: Fixture | null = null
  lastRun: 'good' | 'not-good' | null = 'good'
  readonly clock = { now: () => this.now, monotonic: () => this.now.getTime() }

  open(): Destination {
    return openMemoryDestination({ name: 'there', clock: this.clock, place: this.place })
  }

  /** Stores a backup of so many days ago, changed as is said; resolves to its stem. */
  async store(
    daysAgo: number,
    change: Partial<OuterManifest> | ((outer: OuterManifest) => Partial<OuterManifest>) = {},
  ): Promise<string> {
    const startedAt = new Date(this.now.getTime() - daysAgo * day - 3_600_000).toISOString()
    const { outer } = (this.#fixture ??= buildFixture(accountEntries))
    const id = uuid()
    const manifest: OuterManifest = {
      ...{ ...outer, id, startedAt, finishedAt: startedAt, trigger: 'scheduled', result: 'succeeded' },
      ...{ schedule: { id: scheduleId, name: 'nightly', retention: null } },
      copy: { name: `alice_${startedAt.slice(0, 10)}.tar.gz`, verified: { level: 'deep', at: startedAt } },
      ...(typeof change === 'function' ? change(outer) : change),
    }
    const stem = `lab-00000000/accounts/alice/alice_${startedAt.slice(0, 10)}`
    const destination = this.open()
    const keys = keysOf(stem)
    await destination.put(keys.archive, Buffer.from('archive'), { signal })
    await destination.put(keys.index, Buffer.from('index'), { signal })
    await destination.put(keys.manifest, Buffer.from(JSON.stringify(manifest)), { signal })
    return stem
  }

  /** Dates of the backups that are there, newest first. */
  dates(): readonly string[] {
    const keys = [...this.place.keys()].filter((key) => key.endsWith('.manifest.json'))
    return keys
      .map((key) => key.slice(-'2026-04-08.manifest.json'.length, -'.manifest.json'.length))
      .sort()
      .reverse()
  }

  parts(): PruneParts {
    return {
      ...{ clock: this.clock, log, space: { reserve: 0, floor: 0, lookEvery: 1 } },
      catalog: new Catalog({
        events: new EventBus(),
        serverName: () => 'lab',
        keys: noKeys,
        queued: () => [],
      }),
      factsOf: () => ({ lastRun: this.lastRun, clockJumped: false, vanished: false }),
    }
  }

  prune(retention: Retention, options: { destination?: Destination; confirmed?: string | null } = {}) {
    const { destination = this.open(), confirmed = null } = options
    const target = { destination, schedule: scheduleOf(retention) }
    return pruneDestination(target, this.parts(), { confirmed, signal, note: () => undefined })
  }

  later(days: number): void {
    this.now = new Date(this.now.getTime() + days * day)
  }
}

/** A destination whose process is killed before the write or removal with this number, from 0. */
export function killedAt(destination: Destination, number: number): Destination {
  let left = number
  const alive = () => {
    if (left-- <= 0) throw new AppError('interrupted', 'Killed.')
  }
  return {
    ...{ name: destination.name, capabilities: destination.capabilities },
    ...{ create: destination.create.bind(destination), claim: destination.claim.bind(destination) },
    ...{ release: destination.release.bind(destination), get: destination.get.bind(destination) },
    ...{ stat: destination.stat.bind(destination), list: destination.list.bind(destination) },
    free: destination.free.bind(destination),
    put: async (key, body, options) => {
      alive()
      return destination.put(key, body, options)
    },
    delete: async (key, options) => {
      alive()
      return destination.delete(key, options)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
