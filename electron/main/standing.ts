import type { Client } from '../../shared/client.ts'
import type { SourceState } from '../../shared/model/fleet.ts'
import type { Job } from '../../shared/model/job.ts'
import { isPaused } from '../../shared/pause.ts'
import { coversSource } from '../../shared/schedule-covers.ts'
import type { ScheduleRow } from '../../shared/schedule-contract.ts'

export interface StandingSource {
  readonly server: string
  readonly name: string
  /** False where only backups are left of it. */
  readonly onServer: boolean
  readonly state: SourceState
  readonly protected: boolean
  /** When its newest full backup was made; null where there is none. */
  readonly newestAt: string | null
  /** Whether a schedule backs it up. */
  readonly scheduled: boolean
}

/** How everything stands, as the tray shows it. */
export interface Standing {
  readonly sources: readonly StandingSource[]
  readonly schedules: readonly ScheduleRow[]
  readonly jobs: readonly Job[]
}

export const nothingKnown: Standing = { sources: [], schedules: [], jobs: [] }

/** Asks the core; rejects where it does not answer. */
export async function readStanding(client: Client): Promise<Omit<Standing, 'jobs'>> {
  const [fleet, { schedules }] = await Promise.all([
    client.call('fleet.show', { days: 1, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
    client.call('schedules.list', {}),
  ])
  return {
    schedules,
    sources: fleet.servers.flatMap(({ server, sources }) =>
      sources.map(({ name, kind, onServer, state, protected: isProtected, newest }) => ({
        ...{ server: server.name, name, onServer, state, protected: isProtected },
        newestAt: newest?.at ?? null,
        scheduled: schedules.some(({ schedule }) =>
          coversSource(schedule, { serverId: server.id, source: name, kind }),
        ),
      })),
    ),
  }
}

/** One look at the icon: the first that holds. */
export type TrayState = 'failed' | 'attention' | 'working' | 'paused' | 'idle'

export function trayState({ sources, schedules, jobs }: Standing, now: Date): TrayState {
  if (sources.some(({ state }) => state === 'failed' || state === 'blocked')) return 'failed'
  if (jobs.length > 0) return 'working'
  if (sources.some((source) => !source.protected) || schedules.some(({ attention }) => attention.length > 0))
    return 'attention'
  return allPaused(schedules, now) ? 'paused' : 'idle'
}

export function allPaused(schedules: readonly ScheduleRow[], now: Date): boolean {
  return schedules.length > 0 && schedules.every(({ schedule }) => isPaused(schedule.paused, now))
}

/** The schedule that runs next, and when. */
export function nextDue(
  schedules: readonly ScheduleRow[],
): { readonly name: string; readonly at: Date } | null {
  const dues = schedules.flatMap(({ schedule, next }) =>
    next === null ? [] : [{ name: schedule.name, at: new Date(next) }],
  )
  return dues.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null
}
