import { beforeEach, describe, expect, test } from 'vitest'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { Retention, Schedule } from '../../../shared/model/schedule.ts'
import { Catalog } from '../backups/catalog.ts'
import { noKeys } from '../encryption/no-keys.ts'
import { EventBus } from '../event-bus.ts'
import type { ScriptedEnd } from '../scheduler/testing/scripted-jobs.ts'
import { SimulatedClock } from '../scheduler/testing/simulated-clock.ts'
import { dailySchedule, openTestScheduler, serverId } from '../scheduler/testing/test-scheduler.ts'
import { startPrune } from './prune-schedule.ts'
import { keepLast, scheduleId, TestPlace } from './test-place.ts'

const megabytes = 20_000_000
const withinDays = (days: number): Retention => ({ ...keepLast(1), last: null, withinDays: days })
const sized = ({ components }: Pick<OuterManifest, 'components'>, bytes: number) => ({
  components: components.map((each) => ({ ...each, bytes })),
})

/** A scheduler whose backups lie in a place, from which each run that did not fail removes what its schedule does not keep. */
class Weeks {
  readonly clock = new SimulatedClock('2026-04-01T12:00:00Z')
  readonly place = new TestPlace()
  end: ScriptedEnd = 'succeeded'
  bytes = megabytes
  accounts: readonly string[] = ['alice']
  serverName = 'web1'
  #open!: Awaited<ReturnType<typeof openTestScheduler>>

  async start(retention: Retention, change: Partial<Schedule> = {}): Promise<this> {
    this.#open = await openTestScheduler({
      clock: this.clock,
      accounts: () => this.accounts,
      script: async ({ request: { source } }) => {
        if (this.end === 'succeeded' && source === 'alice') await this.store()
        return this.end
      },
      serverName: () => this.serverName,
      onEnd: async (run, schedule) => {
        if (run.state !== 'failed') await this.#prune(schedule)
      },
    })
    const accounts = { sources: [{ pick: 'accounts', serverId } as const], destinations: ['there'] }
    await this.#open.profiles.add(
      dailySchedule(this.clock, { id: scheduleId, retention, ...accounts, ...change }),
    )
    return this
  }

  store(): Promise<string> {
    this.#follow()
    return this.place.store(0, (outer) => ({
      ...sized(outer, this.bytes),
      source: { ...outer.source, id: serverId, server: 'web1', name: 'alice' },
    }))
  }

  /** So many days later, a quarter past two each, with a look every day. */
  async live(days: number): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      const next = new Date(this.clock.now().getTime() + 86_400_000)
      await this.lookAt(`${next.toISOString().slice(0, 10)}T02:00:00Z`)
    }
  }

  async lookAt(text: string): Promise<void> {
    this.clock.set(new Date(text))
    this.#follow()
    await this.#open.look()
  }

  get runs() {
    return this.#open.history.of(scheduleId)
  }

  /** What was announced or removed: states beside backups say so. */
  get touched(): number {
    return [...this.place.place.keys()].filter((key) => key.endsWith('.state.json')).length
  }

  #follow(): void {
    this.place.now = this.clock.now()
  }

  async #prune(schedule: Schedule): Promise<void> {
    this.#follow()
    const { queue, history } = this.#open
    const { clock, log, space } = this.place.parts()
    const catalog = new Catalog({
      events: new EventBus(),
      serverName: () => this.serverName,
      keys: noKeys,
      queued: () => [],
    })
    const backupParts = {
      ...{ catalog, clock, log, space, profiles: { named: () => null } },
      destinations: { connect: async () => this.place.open() },
    }
    const parts = { jobs: queue, history, backupParts } as unknown as Parameters<typeof startPrune>[1]
    const job = await startPrune(schedule, parts, { confirmed: [] })
    expect((await queue.settled(job.id)).error).toBeNull()
  }
}

describe('weeks of a daily schedule', () => {
  let weeks: Weeks
  beforeEach(() => {
    weeks = new Weeks()
  })

  test('keep what the retention keeps, and remove the rest a week after it was announced', async () => {
    await weeks.start(keepLast(3))
    await weeks.live(12)
    expect(weeks.place.dates().length).toBe(10)
    expect(weeks.touched).toBe(9)
    expect(weeks.place.dates()[0]).toBe('2026-04-13')
  })

  test('that fail for 30 days keep the last good one, though it is older than the retention keeps', async () => {
    await weeks.start(withinDays(7))
    await weeks.live(2)
    weeks.end = 'no-space'
    await weeks.live(30)
    expect([weeks.runs.length, weeks.place.dates(), weeks.touched]).toEqual([
      ...[32, ['2026-04-03', '2026-04-02'], 0],
    ])
    weeks.end = 'succeeded'
    await weeks.live(1)
    expect([weeks.place.dates().length, weeks.touched]).toEqual([3, 0])
  })

  test('whose clock is ten years ahead for a run lose nothing, and go on when it is right again', async () => {
    await weeks.start(withinDays(7))
    await weeks.live(6)
    await weeks.lookAt('2036-04-08T02:00:00Z')
    expect([weeks.touched, weeks.place.dates().length]).toEqual([0, 7])
    await weeks.live(1)
    expect(weeks.touched).toBe(0)
    await weeks.lookAt('2026-04-08T01:00:00Z')
    await weeks.lookAt('2026-04-08T02:00:00Z')
    await weeks.live(2)
    expect(weeks.touched).toBe(0)
    expect(weeks.place.dates().filter((date) => date.startsWith('2026'))).toHaveLength(9)
  })

  test('whose clock goes back 400 days run nothing twice, and lose and reorder nothing', async () => {
    await weeks.start(keepLast(3))
    await weeks.live(3)
    await weeks.lookAt('2025-02-27T12:00:00Z')
    await weeks.lookAt('2025-02-27T13:00:00Z')
    expect(weeks.runs.length).toBe(3)
    await weeks.lookAt('2025-02-28T02:00:00Z')
    expect(weeks.runs.length).toBe(4)
    expect([weeks.place.dates().slice(0, 3), weeks.touched]).toEqual([
      ...[['2026-04-04', '2026-04-03', '2026-04-02'], 0],
    ])
    await weeks.lookAt('2026-04-05T02:00:00Z')
    expect(weeks.runs.length).toBe(5)
    expect([weeks.place.dates()[0], weeks.place.dates().length]).toEqual(['2026-04-05', 5])
  })

  test('keep every backup of an account that is gone from its server', async () => {
    weeks.accounts = ['alice', 'bob']
    await weeks.start(keepLast(1))
    await weeks.live(2)
    const before = weeks.place.dates().length
    expect(weeks.touched).toBe(1)
    weeks.accounts = ['bob']
    await weeks.live(2)
    expect(weeks.runs[0]?.vanished).toEqual(['web1/alice'])
    weeks.serverName = 'renamed'
    await weeks.live(8)
    expect(weeks.place.dates().length).toBe(before)
    weeks.accounts = ['alice', 'bob']
    await weeks.live(1)
    expect([weeks.runs[0]?.vanished, weeks.place.dates().length]).toEqual([[], 2])
  })

  test('with 50 forged newer backups, empty ones, keep all good ones', async () => {
    await weeks.start(keepLast(3))
    await weeks.live(3)
    weeks.bytes = 0
    for (let n = 0; n < 50; n += 1) {
      weeks.clock.set(new Date(weeks.clock.now().getTime() + 86_400_000))
      await weeks.store()
    }
    weeks.bytes = megabytes
    await weeks.live(1)
    const good = ['2026-04-02', '2026-04-03', '2026-04-04']
    expect(weeks.place.dates()).toEqual(expect.arrayContaining(good))
    await weeks.live(10)
    expect(weeks.place.dates()).toEqual(expect.arrayContaining(good.slice(1)))
  })

  test('with a backup 95 % smaller than before remove nothing until one is as before, and do not count it', async () => {
    await weeks.start(keepLast(2))
    await weeks.live(2)
    weeks.bytes = megabytes / 20
    await weeks.live(5)
    expect([weeks.touched, weeks.place.dates().length]).toEqual([0, 7])
    weeks.bytes = megabytes
    await weeks.live(1)
    expect(weeks.place.dates()).toEqual(expect.arrayContaining(['2026-04-03']))
  })
})
