import { v7 as uuid } from 'uuid'
import { AppError } from '../../../shared/errors.ts'
import type { GivenSchedule, ScheduleRow } from '../../../shared/schedule-contract.ts'
import type { Schedule, ScheduleSource } from '../../../shared/model/schedule.ts'
import { isPaused } from '../../../shared/pause.ts'
import { needsAttention } from '../../../shared/model/schedule-run.ts'
import { nextRun, nextRuns } from '../../../shared/next-run.ts'
import { describeRetention } from '../../../shared/retention-text.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { previewPrune, startPrune } from '../prune/prune-schedule.ts'

type ScheduleHandlers = Pick<Handlers, Extract<keyof Handlers, `schedules.${string}`>>

function storedSources(app: App, given: GivenSchedule['sources']): ScheduleSource[] {
  return given.map((each) => {
    const serverId = app.profiles.get(each.server).id
    return each.pick === 'source'
      ? { pick: each.pick, serverId, source: each.source }
      : { pick: each.pick, serverId }
  })
}

/** What else becomes due while something goes on for long is begun too. */
async function lookMeanwhile<T>({ scheduler, ports }: App, work: Promise<T>): Promise<T> {
  const done = new AbortController()
  const looking = async () => {
    for (;;) {
      await ports.clock.sleep(30_000, { signal: done.signal }).catch(() => undefined)
      if (done.signal.aborted) return
      await scheduler.look()
    }
  }
  const [result] = await Promise.all([work.finally(() => done.abort()), looking()])
  return result
}

/** What runs by itself. */
export function scheduleHandlers(app: App): ScheduleHandlers {
  const { schedules, runs, scheduler, ports } = app
  const { clock } = ports

  const rowOf = (schedule: Schedule): ScheduleRow => {
    const now = clock.now()
    const until = schedule.paused?.until ?? null
    const paused = isPaused(schedule.paused, now)
    const from = paused && until !== null ? new Date(until) : now
    const own = runs.of(schedule.id)
    return {
      schedule,
      next: paused && until === null ? null : (nextRun(schedule, from)?.toISOString() ?? null),
      retention: describeRetention(schedule.retention),
      open: own.find(({ state }) => state === 'running' || state === 'waiting') ?? null,
      attention: own.filter(needsAttention),
    }
  }
  const named = (name: string | null) => (name === null ? schedules.list() : [schedules.get(name)])
  const rows = (list: readonly Schedule[]) => ({
    schedules: list.map(({ id }) => schedules.byId(id)).flatMap((each) => (each ? [rowOf(each)] : [])),
  })

  return {
    'schedules.add': async ({ draft }) => {
      const sources = storedSources(app, draft.sources)
      for (const name of draft.destinations) app.destinations.get(name)
      const createdAt = clock.now().toISOString()
      const schedule: Schedule = { ...draft, sources, id: uuid(), createdAt, paused: null }
      await schedules.add(schedule)
      await runs.begin(schedule.id, createdAt)
      return rowOf(schedule)
    },
    'schedules.edit': async ({ name, change }) => {
      const before = schedules.get(name)
      for (const destination of change.destinations ?? []) app.destinations.get(destination)
      const sources = change.sources ? storedSources(app, change.sources) : before.sources
      await scheduler.look()
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
      const schedule = { ...before, ...(given as Partial<Schedule>), sources }
      await schedules.replace(schedule)
      await runs.begin(schedule.id, clock.now().toISOString())
      return rowOf(schedule)
    },
    'schedules.list': async () => rows(schedules.list()),
    'schedules.show': async ({ name }) => {
      const schedule = schedules.get(name)
      return { ...rowOf(schedule), runs: [...runs.of(schedule.id)] }
    },
    'schedules.preview': async ({ name, count }) => {
      const schedule = schedules.get(name)
      const due = nextRuns(schedule, clock.now(), count)
      return { zone: schedule.zone, runs: due.map((at) => at.toISOString()) }
    },
    'schedules.pause': async ({ name, until }) => {
      const list = named(name)
      await scheduler.look()
      const since = clock.now().toISOString()
      for (const { id } of list) await schedules.pause(id, { since, until })
      return rows(list)
    },
    'schedules.resume': async ({ name }) => {
      const list = named(name)
      await scheduler.look()
      for (const { id } of list) await schedules.pause(id, null)
      return rows(list)
    },
    'schedules.putOff': async ({ name, until }) => {
      const schedule = schedules.get(name)
      if (Date.parse(until) <= clock.now().getTime())
        throw new AppError('invalid-input', `${until} is over already. Nothing was put off.`)
      await scheduler.putOff(schedule, new Date(until))
      return rowOf(schedule)
    },
    'schedules.remove': async ({ name }) => {
      const { id } = schedules.get(name)
      await schedules.remove(id)
      await runs.forget(id)
      return {}
    },
    'schedules.run': async ({ name }) => ({ run: await scheduler.runNow(schedules.get(name)) }),
    'schedules.planPrune': async ({ name, retention }, { signal }) => {
      const own = schedules.get(name)
      const schedule = retention === undefined ? own : { ...own, retention }
      return { plans: [...(await previewPrune(schedule, { ...app, history: runs }, { signal }))] }
    },
    'schedules.prune': async ({ name, confirmed }) => ({
      job: await startPrune(schedules.get(name), { ...app, history: runs }, { confirmed }),
    }),
    'schedules.runDue': async () => {
      const before = clock.now().toISOString()
      await scheduler.look()
      const kept = await lookMeanwhile(app, app.upkeep.work())
      await scheduler.idle()
      await app.watching.alerts.look()
      const touched = ({ finishedAt, startedAt }: { finishedAt: string | null; startedAt: string | null }) =>
        (finishedAt ?? startedAt ?? '') >= before
      return {
        runs: runs.read().runs.filter((run) => touched(run) || run.state === 'running'),
        ...kept,
      }
    },
  }
}
