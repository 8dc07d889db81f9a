import { AppError, toWire } from '../../../shared/errors.ts'
import { nextRun } from '../../../shared/next-run.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import { isPaused } from '../../../shared/pause.ts'
import type { ScheduleRun } from '../../../shared/model/schedule-run.ts'
import { isWithinWindow } from '../../../shared/wall-clock.ts'
import type { Clock, Log } from '../ports.ts'
import { accountFor, joined, manualRun } from './account.ts'
import { afterLook } from './clock-watch.ts'
import { executeRun, isWorthRetrying, outcomeOf, type ExecuteParts } from './execute.ts'
import { isOver, stateOf } from './run-state.ts'
import type { ScheduleProfiles } from './schedule-profiles.ts'

export interface SchedulerOptions extends ExecuteParts {
  readonly clock: Clock
  readonly log: Log
  readonly profiles: ScheduleProfiles
  /** From 0 to 1, for jitter. */
  readonly chance: () => number
  /** Told of each run that has ended for good: retention and whoever watches follow. Must not throw. */
  readonly onEnd: (run: ScheduleRun, schedule: Schedule) => Promise<void>
  readonly onBegin: (run: ScheduleRun, schedule: Schedule) => Promise<void>
}

/** The longest sleep between two looks: a clock that jumps is noticed within it. */
const longestSleep = 30_000
/** What failed for a passing reason is tried again after so long, then twice as long, and so on. */
const firstRetry = 15 * 60_000
const mostAttempts = 5

/** What this process has begun. */
interface RunningRun {
  readonly ended: Promise<void>
  /** Aborted, with the time at which it goes on as reason, where it is put off. */
  readonly putOff: AbortController
}

/**
 * Starts what is due. Only the owner of the data folder has one. Every due time is accounted for on disk before
 * anything runs, so that none is run twice and none is forgotten.
 */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions
  readonly #stop = new AbortController()
  readonly #running = new Map<string, RunningRun>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** Sees to runs that a crash or a closing program ended: what their jobs came to is noted, the rest begins again. */
  async recover(): Promise<void> {
    const { history, jobs, clock } = this.#options
    for (const run of history.read().runs.filter(({ state }) => state === 'running')) {
      const sources = run.sources.map((each) => {
        const job = each.state === 'running' && each.job !== null ? jobs.find(each.job) : null
        if (job !== null && job.finishedAt !== null) return { ...each, ...outcomeOf(job) }
        return each.state === 'running' ? { ...each, state: 'waiting' as const } : each
      })
      const notBefore = clock.now().toISOString()
      await history.changeRun(run.id, () => ({ ...run, sources, state: 'waiting', late: true, notBefore }))
    }
  }

  /** Looks at the clock once: accounts for what became due and begins what may begin. */
  async look(): Promise<void> {
    const turn = this.#turn.then(() => this.#look())
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  get busy(): boolean {
    return this.#running.size > 0
  }

  /** Resolves when nothing runs that this process has begun. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  /** Begins a run at once, for a person. */
  async runNow(schedule: Schedule): Promise<ScheduleRun> {
    const run = manualRun(schedule, this.#options.clock.now())
    await this.#options.history.change((state) => ({ ...state, runs: [run, ...state.runs] }))
    await this.look()
    return run
  }

  /**
   * Puts off the run of a schedule that is open, whatever of it runs being stopped, until then. Sources that it has backed
   * up already stay so. Throws `conflict` where no run is open, or another process has begun it.
   */
  async putOff(schedule: Schedule, until: Date): Promise<void> {
    const turn = this.#turn.then(() => this.#stopOrDelay(schedule, until))
    this.#turn = turn.catch(() => undefined)
    const running = await turn
    await running?.ended
  }

  /** Looks again and again until the signal ends it. For a host that stays. */
  async watch({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { clock, log } = this.#options
    const ended = AbortSignal.any([signal, this.#stop.signal])
    while (!ended.aborted) {
      try {
        await this.look()
      } catch (error) {
        log.write('error', 'The scheduler could not look at what is due', { error: toWire(error).message })
      }
      await clock.sleep(this.#pause(), { signal: ended }).catch(() => undefined)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#turn
    await this.idle()
  }

  /** The run that is being stopped, or null where one that waits only was given its time. */
  async #stopOrDelay(schedule: Schedule, until: Date): Promise<RunningRun | null> {
    const { history } = this.#options
    const run = history.of(schedule.id).find(({ state }) => state === 'waiting' || state === 'running')
    const running = run === undefined ? undefined : this.#running.get(run.id)
    if (run === undefined || (run.state === 'running' && running === undefined)) {
      throw new AppError(
        'conflict',
        `Nothing of ${schedule.name} is running or waiting. Nothing was changed.`,
      )
    }
    if (running !== undefined) {
      running.putOff.abort(until)
      return running
    }
    await history.changeRun(run.id, (each) => ({ ...each, late: true, notBefore: until.toISOString() }))
    return null
  }

  /** Milliseconds until something may have to be done. */
  #pause(): number {
    const { clock, profiles, history } = this.#options
    const now = clock.now()
    const dues = profiles.list().map((schedule) => nextRun(schedule, now)?.getTime() ?? Infinity)
    const open = history.read().runs.filter(({ state }) => state === 'waiting')
    const times = [...dues, ...open.map(({ notBefore }) => Date.parse(notBefore))]
    const soonest = Math.min(...times.filter((at) => at > now.getTime()), Infinity) - now.getTime()
    return Math.max(1000, Math.min(longestSleep, soonest))
  }

  async #look(): Promise<void> {
    const { clock, profiles, history } = this.#options
    const now = clock.now()
    if (this.#mustNote(now)) await history.change((state) => afterLook(state, now))
    for (const schedule of profiles.list()) {
      await this.#account(schedule, now)
      await this.#begin(schedule, now)
    }
  }

  /** The clock is noted every hour, and where it went back. */
  #mustNote(now: Date): boolean {
    const { lastSeen } = this.#options.history.read().clock
    return lastSeen === null || Math.abs(now.getTime() - Date.parse(lastSeen)) > 60 * 60_000
  }

  async #account(schedule: Schedule, now: Date): Promise<void> {
    const { history, profiles, chance } = this.#options
    const after = new Date(history.read().accounted[schedule.id] ?? schedule.createdAt)
    const runs = after < now ? accountFor({ schedule, after, now, chance: chance() }) : []
    if (runs.length > 0) {
      await history.change((state) => ({
        ...state,
        accounted: { ...state.accounted, [schedule.id]: now.toISOString() },
        runs: runs.reduce<ScheduleRun[]>(added, [...state.runs]),
      }))
    }
    if (schedule.paused !== null && !isPaused(schedule.paused, now)) await profiles.pause(schedule.id, null)
  }

  async #begin(schedule: Schedule, now: Date): Promise<void> {
    const { history, clock } = this.#options
    const runs = history.of(schedule.id)
    const run = runs.findLast(({ state }) => state === 'waiting')
    if (!run || runs.some(({ state }) => state === 'running') || this.#stop.signal.aborted) return
    const free = isWithinWindow(schedule.window, now, schedule.zone) && !isPaused(schedule.paused, now)
    if (Date.parse(run.notBefore) > now.getTime() || !(free || run.manual)) return
    const startedAt = run.startedAt ?? clock.now().toISOString()
    await history.changeRun(run.id, (each) => ({ ...each, state: 'running', startedAt }))
    const putOff = new AbortController()
    const ended = this.#run(run, schedule, putOff.signal).finally(() => this.#running.delete(run.id))
    this.#running.set(run.id, { ended, putOff })
  }

  async #run(begun: ScheduleRun, schedule: Schedule, putOff: AbortSignal): Promise<void> {
    const { log, onBegin, onEnd } = this.#options
    try {
      await onBegin(begun, schedule)
      await executeRun(begun.id, schedule, this.#options, { signal: this.#stop.signal, putOff })
      const run = await this.#finish(begun.id, putOff.aborted ? (putOff.reason as Date) : null)
      if (run) await onEnd(run, schedule)
    } catch (error) {
      log.write('error', 'A scheduled run could not be noted', { run: begun.id, error: String(error) })
    }
  }

  /**
   * Gives a run its end, or another attempt: at `until` where it was put off before it had come to its end. Resolves to
   * the run where it has ended.
   */
  async #finish(id: string, until: Date | null): Promise<ScheduleRun | null> {
    const { history, clock } = this.#options
    const run = history.get(id)
    if (run === undefined) return null
    const now = clock.now()
    const attempts = run.attempts + 1
    const closing = this.#stop.signal.aborted
    const putOff = until !== null && !(run.sources.length > 0 && run.sources.every(isOver))
    if (closing || putOff || (attempts < mostAttempts && run.sources.some(isWorthRetrying))) {
      const retryAt = new Date(now.getTime() + (closing ? 0 : firstRetry * 2 ** (attempts - 1)))
      const notBefore = (putOff ? until : retryAt).toISOString()
      await history.changeRun(id, (each) => ({
        ...each,
        ...{ state: 'waiting', notBefore, late: true, attempts: closing || putOff ? run.attempts : attempts },
      }))
      return null
    }
    const state = stateOf(run.sources)
    const finishedAt = now.toISOString()
    await history.change((current) => ({
      ...current,
      runs: current.runs.map((each) => {
        if (each.id === id) return { ...each, state, finishedAt, attempts, error: firstError(run) }
        const good = state === 'done' && each.scheduleId === run.scheduleId && each.madeGoodAt === null
        return good && isBad(each) ? { ...each, madeGoodAt: finishedAt } : each
      }),
    }))
    return history.get(id) ?? null
  }
}

const isBad = ({ state }: ScheduleRun) => state === 'failed' || state === 'partial' || state === 'missed'

/** A new run goes first, or is joined to one of its schedule that has not begun. */
function added(runs: ScheduleRun[], run: ScheduleRun): ScheduleRun[] {
  const open = runs.find(
    ({ scheduleId, state, manual }) => scheduleId === run.scheduleId && state === 'waiting' && !manual,
  )
  if (open === undefined || run.state !== 'waiting') return [run, ...runs]
  return runs.map((each) => (each === open ? joined(open, run) : each))
}

function firstError({ sources }: ScheduleRun): ScheduleRun['error'] {
  if (sources.length > 0) return sources.find(({ error }) => error !== null)?.error ?? null
  return { code: 'not-found', message: 'There was nothing to back up: no source of this schedule is there.' }
}
