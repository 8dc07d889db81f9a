import type { MenuItemConstructorOptions } from 'electron'
import { formatTimeLeft } from '../../shared/format-time.ts'
import type { Job } from '../../shared/model/job.ts'
import { percentDone } from './active-jobs.ts'
import { allPaused, nextDue, type Standing } from './standing.ts'

export interface TrayActions {
  readonly open: (route: string | null) => void
  readonly backUpAll: () => void
  /** `until` null: until somebody resumes. */
  readonly pause: (until: Date | null) => void
  readonly resume: () => void
  readonly quit: () => void
}

const hour = 60 * 60_000

function startOfTomorrow(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
}

function clockTime(at: Date, now: Date): string {
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (at < startOfTomorrow(now)) return time
  return `${at.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })} ${time}`
}

function jobLine(job: Job): string {
  const percent = percentDone(job)
  const left = job.progress?.secondsLeft ?? null
  return [job.title, percent === null ? null : `${percent} %`, left === null ? null : formatTimeLeft(left)]
    .filter((part) => part !== null)
    .join(', ')
}

function standingLine({ sources }: Standing): string {
  if (sources.length === 0) return 'Nothing is backed up yet'
  return `${sources.filter((source) => source.protected).length} of ${sources.length} protected`
}

function needsAttention({ sources }: Standing): string | null {
  const count = sources.filter((source) => !source.protected).length
  if (count === 0) return null
  return count === 1 ? '1 needs attention' : `${count} need attention`
}

function pauseItems(standing: Standing, now: Date, actions: TrayActions): MenuItemConstructorOptions[] {
  if (standing.schedules.length === 0) return []
  if (allPaused(standing.schedules, now)) return [{ label: 'Resume schedules', click: actions.resume }]
  return [
    {
      label: 'Pause schedules',
      submenu: [
        { label: 'For 1 hour', click: () => actions.pause(new Date(now.getTime() + hour)) },
        { label: 'Until tomorrow', click: () => actions.pause(startOfTomorrow(now)) },
        { label: 'Until I resume', click: () => actions.pause(null) },
      ],
    },
  ]
}

/** What the tray says and offers. */
export function trayMenu(standing: Standing, now: Date, actions: TrayActions): MenuItemConstructorOptions[] {
  const attention = needsAttention(standing)
  const next = nextDue(standing.schedules)
  const line = { type: 'separator' } as const
  return [
    { label: standingLine(standing), click: () => actions.open('#/') },
    ...(attention === null ? [] : [{ label: attention, click: () => actions.open('#/') }]),
    ...standing.jobs.map((job) => ({
      label: jobLine(job),
      click: () => actions.open(`#/jobs/${encodeURIComponent(job.id)}`),
    })),
    ...(next === null ? [] : [{ label: `Next: ${next.name} ${clockTime(next.at, now)}`, enabled: false }]),
    line,
    {
      label: 'Back up all servers now',
      enabled: standing.sources.some(({ onServer }) => onServer),
      click: actions.backUpAll,
    },
    ...pauseItems(standing, now, actions),
    line,
    { label: 'Open Holdfast', click: () => actions.open(null) },
    { label: 'Settings…', click: () => actions.open('#/settings') },
    line,
    { label: 'Quit Holdfast', click: actions.quit },
  ]
}
