import { beforeEach, describe, expect, test, vi } from 'vitest'
import { clockIsDoubtful } from './clock-watch.ts'
import { SimulatedClock } from './testing/simulated-clock.ts'
import { dailySchedule, openTestScheduler, serverId } from './testing/test-scheduler.ts'

const hour = 60 * 60_000
const at = (text: string) => new Date(`${text}Z`)

describe('a daily schedule', () => {
  let clock: SimulatedClock
  beforeEach(() => {
    clock = new SimulatedClock('2026-04-01T12:00:00Z')
  })

  test('runs once when it is due, and not again', async () => {
    const { profiles, look, states } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock)
    await profiles.add(schedule)
    await look()
    expect(states(schedule.id)).toEqual([])
    clock.set(at('2026-04-02T02:00:10'))
    await look()
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 done'])
  })

  test('asleep over five due times, it is caught up with one run', async () => {
    const { profiles, look, states, queue } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock)
    await profiles.add(schedule)
    await look()
    clock.set(at('2026-04-06T09:00:00'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-06T02:00 done late x5'])
    expect(queue.list().length).toBe(1)
  })

  test.each([
    [3, '2026-04-06T02:00 missed late x5'],
    [8, '2026-04-06T02:00 done late x5'],
  ])('caught up only where less than %i hours late', async (hours, state) => {
    const { profiles, look, states } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock, { missed: { then: 'run-within', hours } })
    await profiles.add(schedule)
    clock.set(at('2026-04-06T09:00:00'))
    await look()
    expect(states(schedule.id)).toEqual([state])
  })

  test('what waits for the next time is shown as missed until that one is done', async () => {
    const { profiles, look, history } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock, { missed: { then: 'wait' } })
    await profiles.add(schedule)
    clock.set(at('2026-04-02T09:00:00'))
    await look()
    expect(history.of(schedule.id)).toMatchObject([{ state: 'missed', madeGoodAt: null }])
    clock.set(at('2026-04-03T02:00:30'))
    await look()
    expect(history.of(schedule.id)).toMatchObject([
      { state: 'done', late: false },
      { state: 'missed', madeGoodAt: '2026-04-03T02:00:30.000Z' },
    ])
  })

  test('what fails for a passing reason is tried again, only where it failed, and then shown as failed', async () => {
    const ends = new Map([['bob', 99]])
    const tried: string[] = []
    const { profiles, look, history } = await openTestScheduler({
      clock,
      accounts: () => ['alice', 'bob'],
      script: ({ request: { source } }) => {
        tried.push(source)
        return ends.has(source) ? 'unreachable' : 'succeeded'
      },
    })
    const schedule = dailySchedule(clock, { sources: [{ pick: 'accounts', serverId }] })
    await profiles.add(schedule)
    clock.set(at('2026-04-02T02:00:00'))
    await look()
    expect(history.of(schedule.id)).toMatchObject([{ state: 'waiting', attempts: 1 }])
    for (let n = 0; n < 12; n += 1) {
      clock.advance(hour / 2)
      await look()
    }
    expect(history.of(schedule.id)).toMatchObject([{ state: 'partial', attempts: 5 }])
    expect(tried).toEqual(['alice', 'bob', 'bob', 'bob', 'bob', 'bob'])
  })

  test('a server with another host key is not tried again', async () => {
    const { profiles, look, history, queue } = await openTestScheduler({
      clock,
      script: () => 'host-key-changed',
    })
    const schedule = dailySchedule(clock)
    await profiles.add(schedule)
    clock.set(at('2026-04-02T02:00:00'))
    await look()
    clock.advance(3 * hour)
    await look()
    expect(history.of(schedule.id)).toMatchObject([{ state: 'failed', error: { code: 'host-key-changed' } }])
    expect(queue.list().length).toBe(1)
  })

  test('due times in a pause are skipped, and it ends by itself', async () => {
    const { profiles, look, states } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock)
    await profiles.add(schedule)
    await profiles.pause(schedule.id, { since: clock.now().toISOString(), until: '2026-04-04T00:00:00.000Z' })
    clock.set(at('2026-04-04T02:00:20'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-04T02:00 done', '2026-04-03T02:00 skipped x2'])
    expect(profiles.byId(schedule.id)?.paused).toBeNull()
  })

  test('waits for its window', async () => {
    const { profiles, look, states } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock, { window: { from: '22:00', to: '23:00' } })
    await profiles.add(schedule)
    clock.set(at('2026-04-02T02:00:00'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 waiting'])
    clock.set(at('2026-04-02T22:01:00'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 done'])
  })

  test('hands its limit to each backup', async () => {
    const { profiles, look, queue } = await openTestScheduler({ clock })
    await profiles.add(dailySchedule(clock, { rateMbit: 8 }))
    clock.set(at('2026-04-02T02:00:00'))
    await look()
    expect(queue.list()[0]?.request).toMatchObject({ rateMbit: 8, schedule: { name: 'nightly' } })
  })

  test('begins up to its jitter later', async () => {
    const { profiles, look, states } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock, { jitterMinutes: 60 })
    await profiles.add(schedule)
    clock.set(at('2026-04-02T02:00:00'))
    await look()
    clock.set(at('2026-04-02T02:29:59'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 waiting'])
    clock.set(at('2026-04-02T02:30:00'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 done'])
  })

  test('a clock that is set back repeats nothing; one that comes back from years ahead silences nothing', async () => {
    const { profiles, look, states, history } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock)
    await profiles.add(schedule)
    await look()
    clock.set(at('2026-04-02T02:00:10'))
    await look()
    clock.set(at('2026-04-02T01:30:00'))
    await look()
    clock.set(at('2026-04-02T02:00:20'))
    await look()
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 done'])
    clock.set(at('2036-04-02T03:00:00'))
    await look()
    expect(clockIsDoubtful(history.read(), { scheduleId: schedule.id, interval: 24 * hour })).toBe(true)
    clock.set(at('2026-04-03T01:00:00'))
    await look()
    clock.set(at('2026-04-03T02:00:00'))
    await look()
    expect(states(schedule.id)[0]).toBe('2026-04-03T02:00 done')
    expect(states(schedule.id).length).toBe(3)
  })

  test('no more of a server run at the same time than it says, new accounts too, and one that vanished is named', async () => {
    let [now, most] = [0, 0]
    let accounts = ['a', 'b', 'c', 'd', 'e']
    const second = Promise.withResolvers<undefined>()
    const { profiles, look, history, queue } = await openTestScheduler({
      clock,
      parallel: 8,
      accounts: () => accounts,
      script: async () => {
        most = Math.max(most, (now += 1))
        if (now === 2) second.resolve(undefined)
        await second.promise
        now -= 1
        return 'succeeded' as const
      },
    })
    const schedule = dailySchedule(clock, { sources: [{ pick: 'accounts', serverId }], perServer: 2 })
    await profiles.add(schedule)
    clock.set(at('2026-04-02T02:00:00'))
    await look()
    expect([most, queue.list().length]).toEqual([2, 5])
    accounts = ['b', 'c', 'd', 'e', 'f']
    clock.set(at('2026-04-03T02:00:00'))
    await look()
    const [latest] = history.of(schedule.id)
    expect([latest?.state, latest?.vanished]).toEqual(['done', ['web1/a']])
    expect(latest?.sources.map(({ source }) => source)).toEqual(accounts)
  })

  test('a run that the program was closed in goes on where it was, at the next start', async () => {
    const script = ({ job, request }: { job: { signal: AbortSignal }; request: { source: string } }) =>
      request.source === 'alice'
        ? ('succeeded' as const)
        : new Promise<'interrupted'>((resolve) =>
            job.signal.addEventListener('abort', () => resolve('interrupted')),
          )
    const accounts = () => ['alice', 'bob']
    const first = await openTestScheduler({ clock, script, accounts })
    const schedule = dailySchedule(clock, { sources: [{ pick: 'accounts', serverId }] })
    await first.profiles.add(schedule)
    clock.set(at('2026-04-02T02:00:00'))
    await first.scheduler.look()
    const bobRuns = () =>
      first.queue.list().some(({ title, state }) => title === 'web1/bob' && state === 'running')
    while (!bobRuns()) await new Promise((resolve) => setImmediate(resolve))
    const stopped = first.scheduler[Symbol.asyncDispose]()
    await first.queue[Symbol.asyncDispose]()
    await stopped
    const second = await openTestScheduler({ clock, accounts, folder: first.folder })
    await second.look()
    expect(second.states(schedule.id)).toEqual(['2026-04-02T02:00 done late'])
    expect(second.queue.list().map(({ title, state }) => `${title} ${state}`)).toEqual([
      'web1/bob succeeded',
      'web1/bob failed',
      'web1/alice succeeded',
    ])
  })

  test('watching looks by itself', async () => {
    const { profiles, scheduler, states } = await openTestScheduler({ clock })
    const schedule = dailySchedule(clock)
    await profiles.add(schedule)
    clock.set(at('2026-04-02T01:55:00'))
    const stop = new AbortController()
    const watching = scheduler.watch({ signal: stop.signal })
    while (!states(schedule.id).some((state) => state.includes('done'))) {
      while (!clock.isWaitedFor) await new Promise((resolve) => setImmediate(resolve))
      clock.advance(30_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    stop.abort()
    await watching
    expect(states(schedule.id)).toEqual(['2026-04-02T02:00 done'])
  })
})

describe('a run that is put off', () => {
  const accounts = () => ['alice', 'bob', 'carol']
  const every = { sources: [{ pick: 'accounts' as const, serverId }], perServer: 1 }
  let clock: SimulatedClock
  beforeEach(() => {
    clock = new SimulatedClock('2026-04-01T12:00:00Z')
  })

  test('is stopped, keeps what it has backed up, and goes on with the rest at the time that was asked for', async () => {
    const tried: string[] = []
    const begun = Promise.withResolvers<undefined>()
    const { profiles, scheduler, look, history } = await openTestScheduler({
      ...{ clock, accounts },
      script: async ({ request: { source }, job: { signal } }) => {
        tried.push(source)
        if (source !== 'bob' || tried.length > 2) return 'succeeded'
        begun.resolve(undefined)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        return 'cancelled'
      },
    })
    const schedule = dailySchedule(clock, every)
    await profiles.add(schedule)
    clock.set(at('2026-04-04T09:00:00'))
    await scheduler.look()
    await begun.promise
    const change = history.changeRun.bind(history)
    vi.spyOn(history, 'changeRun').mockImplementation(async (id, how) => {
      await change(id, how)
      // Somebody looks just when the run has been stopped.
      if (history.get(id)?.state === 'waiting') await scheduler.look()
    })
    await scheduler.putOff(schedule, at('2026-04-04T11:00:00'))
    vi.restoreAllMocks()
    expect(tried).toEqual(['alice', 'bob'])
    expect(history.of(schedule.id)).toMatchObject([
      { state: 'waiting', notBefore: '2026-04-04T11:00:00.000Z', attempts: 0, count: 3 },
    ])
    clock.set(at('2026-04-04T10:59:00'))
    await look()
    expect(tried).toHaveLength(2)
    clock.set(at('2026-04-04T11:00:01'))
    await look()
    expect(tried.slice(2)).toEqual(['bob', 'carol'])
    expect(history.of(schedule.id)).toMatchObject([{ state: 'done', count: 3 }])
  })

  test('is refused where none is open', async () => {
    const { profiles, scheduler } = await openTestScheduler({ clock, accounts })
    const schedule = dailySchedule(clock, every)
    await profiles.add(schedule)
    await expect(scheduler.putOff(schedule, at('2026-04-04T11:00:00'))).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})
