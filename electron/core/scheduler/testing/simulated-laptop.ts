import type { Schedule } from '../../../../shared/model/schedule.ts'
import { needsAttention, type ScheduleRun } from '../../../../shared/model/schedule-run.ts'
import { nextRun } from '../../../../shared/next-run.ts'
import type { ScriptedEnd } from './scripted-jobs.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { dailySchedule, openTestScheduler } from './test-scheduler.ts'

const hour = 60 * 60_000
const day = 24 * hour

/** Numbers from 0 to 1 that are the same each time. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function everyDue(schedule: Schedule, until: Date): readonly string[] {
  const dues: string[] = []
  for (
    let at = nextRun(schedule, new Date(schedule.createdAt));
    at && at <= until;
    at = nextRun(schedule, at)
  )
    dues.push(at.toISOString())
  return dues
}

/** Due times, by what became of them. */
export interface DueAccount {
  done: number
  missedThenDone: number
  /** Failed, partial or missed, and a later run went well. */
  madeGood: number
  /** The same, and still shown. */
  shown: number
  skipped: number
  open: number
  silent: number
  twice: number
}

/** How each due time was accounted for: by the one run whose range holds it. */
function accountOf(schedule: Schedule, runs: readonly ScheduleRun[], until: Date): DueAccount {
  const counts = {
    done: 0,
    missedThenDone: 0,
    madeGood: 0,
    shown: 0,
    skipped: 0,
    open: 0,
    silent: 0,
    twice: 0,
  }
  for (const due of everyDue(schedule, until)) {
    const holding = runs.filter(
      ({ firstDueAt, dueAt, count }) => count > 0 && firstDueAt <= due && due <= dueAt,
    )
    const [run] = holding
    if (holding.length > 1) counts.twice += 1
    if (run === undefined) counts.silent += 1
    else if (run.state === 'done') counts[run.late ? 'missedThenDone' : 'done'] += 1
    else if (run.state === 'skipped') counts.skipped += 1
    else if (run.state === 'waiting' || run.state === 'running') counts.open += 1
    else counts[needsAttention(run) ? 'shown' : 'madeGood'] += 1
  }
  return counts
}

/**
 * Lives with a laptop for so many days: it sleeps, travels, is switched off, loses its network and its disk. Resolves
 * to how every due time of its three schedules was accounted for; `silent` are those that nobody would hear of.
 */
export async function simulateLaptop(days: number, seed: number): Promise<DueAccount> {
  const chance = sequence(seed)
  const clock = new SimulatedClock('2026-01-01T06:00:00Z')
  let [offline, full] = [false, false]
  const script = (): ScriptedEnd => {
    if (offline) return 'unreachable'
    if (full) return 'no-space'
    return chance() < 0.03 ? 'partial' : 'succeeded'
  }
  let open = await openTestScheduler({ clock, script })
  const schedules = [
    dailySchedule(clock, { name: 'nightly', zone: 'Europe/Madrid' }),
    dailySchedule(clock, {
      ...{ name: 'noon', zone: 'America/New_York', jitterMinutes: 20 },
      times: { every: 'cron', expression: '0 12 * * 1-5' },
      missed: { then: 'run-within', hours: 6 },
    }),
    dailySchedule(clock, {
      ...{ name: 'weekly', zone: 'Asia/Tokyo', times: { every: 'week', on: 'sun', at: '20:00' } },
      missed: { then: 'wait' },
    }),
  ]
  for (const schedule of schedules) await open.profiles.add(schedule)

  const end = clock.now().getTime() + days * day
  for (let at = clock.now().getTime(); at < end;) {
    const asleepFor = chance() < 0.03 ? (2 + chance() * 12) * day : (5 + chance() * 6) * hour
    const bedtime = at + (10 + chance() * 8) * hour
    const restarts = chance() < 0.3
    const travels = chance() < 0.1 ? (chance() - 0.5) * 12 * hour : 0
    full = chance() < 0.04
    for (; at < bedtime; at = nextLook(schedules, at, (0.5 + chance() * 2) * hour)) {
      offline = chance() < 0.15
      clock.set(new Date(at))
      await open.look()
    }
    clock.set(new Date(at + travels))
    await open.look()
    if (restarts) {
      await open.scheduler[Symbol.asyncDispose]()
      await open.queue[Symbol.asyncDispose]()
      open = await openTestScheduler({ clock, script, folder: open.folder })
    }
    at += asleepFor
  }
  ;[offline, full] = [false, false]
  const until = new Date(Math.max(end, clock.now().getTime()) + day)
  clock.set(until)
  await open.look()
  clock.set(new Date(until.getTime() + day - 1))
  await open.look()

  const accounts = schedules.map((schedule) => accountOf(schedule, open.history.of(schedule.id), until))
  const sum = (key: keyof DueAccount) => accounts.reduce((total, each) => total + each[key], 0)
  return {
    ...{ done: sum('done'), missedThenDone: sum('missedThenDone'), madeGood: sum('madeGood') },
    ...{ shown: sum('shown'), skipped: sum('skipped'), open: sum('open') },
    ...{ silent: sum('silent'), twice: sum('twice') },
  }
}

/** When an open laptop looks again: at its leisure, but in time for what is due. */
function nextLook(schedules: readonly Schedule[], at: number, pause: number): number {
  const dues = schedules.map((schedule) => nextRun(schedule, new Date(at))?.getTime() ?? Infinity)
  return Math.min(at + pause, ...dues.map((due) => due + 10_000))
}
