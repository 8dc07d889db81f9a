import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import type { Schedule } from '../../../../shared/model/schedule.ts'
import type { ScheduleRun } from '../../../../shared/model/schedule-run.ts'
import type { Source } from '../../../../shared/model/source.ts'
import { EventBus } from '../../event-bus.ts'
import { JobQueue } from '../../jobs/job-queue.ts'
import { JobStore } from '../../jobs/job-store.ts'
import { recoverJobs } from '../../jobs/recover.ts'
import { RunHistory } from '../run-history.ts'
import { ScheduleProfiles } from '../schedule-profiles.ts'
import { Scheduler } from '../scheduler.ts'
import { scriptedJobs, type ScriptedBackup, type ScriptedEnd } from './scripted-jobs.ts'
import type { SimulatedClock } from './simulated-clock.ts'

const log = { write: () => undefined }
export const serverId = '0190b0d0-0000-7000-8000-000000000001'

/** A daily schedule of one source, at 02:00 UTC. */
export function dailySchedule(clock: SimulatedClock, change: Partial<Schedule> = {}): Schedule {
  return {
    ...{ id: uuid(), name: 'nightly', createdAt: clock.now().toISOString(), paused: null },
    ...{ times: { every: 'day', at: '02:00' }, zone: 'UTC', scope: 'full', destinations: ['here'] },
    ...{ sources: [{ pick: 'source', serverId, source: 'alice' }], exclude: [], credentials: true },
    ...{ retention: null, jitterMinutes: 0, perServer: 1, window: null },
    ...{ missed: { then: 'run' }, pingUrl: null },
    ...change,
  }
}

export interface TestOptions {
  readonly clock: SimulatedClock
  readonly folder?: string
  readonly script?: (backup: ScriptedBackup) => ScriptedEnd | Promise<ScriptedEnd>
  /** Names of the accounts on the server; throws where it cannot be reached. */
  readonly accounts?: () => readonly string[]
  /** Today's name of the server. Default: web1. */
  readonly serverName?: () => string
  readonly parallel?: number
  readonly onEnd?: (run: ScheduleRun, schedule: Schedule) => Promise<void>
}

/** A scheduler over the real queue and documents in a folder of its own. */
export async function openTestScheduler(options: TestOptions) {
  const { clock, script = () => 'succeeded' as const, accounts = () => ['alice'] } = options
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'scheduler-')))
  const events = new EventBus()
  const store = await JobStore.open(join(folder, 'jobs'), { log })
  await recoverJobs(store, { clock, clean: () => Promise.resolve(true), explain: () => null })
  const queue = new JobQueue({ clock, log, events, store, parallel: options.parallel ?? 4 })
  const profiles = await ScheduleProfiles.open(folder, { log, events })
  const history = await RunHistory.open(folder, { log, events })
  const scheduler = new Scheduler({
    ...{ clock, log, profiles, history, chance: () => 0.5 },
    jobs: scriptedJobs(queue, script),
    servers: {
      nameOf: (id) => (id === serverId ? (options.serverName?.() ?? 'web1') : null),
      look: async () => accounts().map((name) => ({ kind: 'account', name }) as Source),
    },
    onBegin: () => Promise.resolve(),
    onEnd: options.onEnd ?? (() => Promise.resolve()),
  })
  await scheduler.recover()
  const look = async () => {
    await scheduler.look()
    await scheduler.idle()
  }
  const states = (scheduleId: string) =>
    history.of(scheduleId).map(({ dueAt, state, count, late }) => {
      return `${dueAt.slice(0, 16)} ${state}${late ? ' late' : ''}${count === 1 ? '' : ` x${count}`}`
    })
  return { folder, queue, profiles, history, scheduler, look, states }
}
