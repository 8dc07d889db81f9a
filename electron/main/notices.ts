import { plural } from '../../shared/format.ts'
import type { Job } from '../../shared/model/job.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'

/** What a person is told by the system. */
export interface Notice {
  readonly title: string
  readonly body: string
  /** The screen that a click leads to. */
  readonly route: string
  /** Quiet hours hold everything else. */
  readonly alarm: boolean
}

const jobRoute = (id: string) => `#/jobs/${encodeURIComponent(id)}`
const alarming = (code: string | undefined) => code === 'host-key-changed' || code === 'host-key-revoked'

function hostKeyNotice(server: string, route: string): Notice {
  return {
    title: `${server} shows a different host key`,
    body: 'Holdfast hung up before signing in. Nothing was sent.',
    ...{ route, alarm: true },
  }
}

function failedTitle({ kind, title, request }: Job): string {
  if (kind === 'backup') return `${request?.source ?? title} was not backed up`
  return `${title}: failed`
}

/**
 * What to say of a job that has ended, or null. What a schedule started is told once for the whole run, by
 * `runNotice`; what went well is told only to those who want it.
 */
export function jobNotice(job: Job, { success }: { readonly success: boolean }): Notice | null {
  const route = jobRoute(job.id)
  if (job.state === 'failed' && alarming(job.error?.code) && job.request !== null)
    return hostKeyNotice(job.request.server, `#/servers/${encodeURIComponent(job.request.server)}/host-key`)
  if (job.request?.trigger === 'scheduled') return null
  switch (job.state) {
    case 'failed':
      return { title: failedTitle(job), body: job.error?.message ?? '', route, alarm: false }
    case 'partial':
      return {
        title: `${job.title}: something is missing`,
        body: 'What could be read is kept. The report says what is missing.',
        ...{ route, alarm: false },
      }
    case 'succeeded': {
      if (job.warnings === 0 && !success) return null
      const how = job.warnings === 0 ? 'It went well.' : `With ${plural(job.warnings, 'warning')}.`
      return { title: `${job.title}: finished`, body: how, route, alarm: false }
    }
    case 'queued':
    case 'running':
    case 'cancelling':
    case 'cancelled':
      return null
  }
}

/** One for a whole run of a schedule, or null where it went well. */
export function runNotice(run: ScheduleRun, { success }: { readonly success: boolean }): Notice | null {
  const good = run.sources.filter(({ state }) => state === 'succeeded').length
  const counts = `${good} of ${plural(run.sources.length, 'source')} backed up.`
  const route = '#/jobs'
  const code = run.error?.code
  switch (run.state) {
    case 'failed':
      if (code === 'secrets-locked')
        return {
          title: 'Unlock your keychain',
          body: `The scheduled backup ${run.schedule} is waiting.`,
          ...{ route: '#/settings', alarm: false },
        }
      if (code === 'no-space')
        return { title: 'There is no space left', body: run.error?.message ?? '', route, alarm: false }
      return { title: `${run.schedule} failed`, body: run.error?.message ?? counts, route, alarm: false }
    case 'partial':
      return { title: `${run.schedule} finished with gaps`, body: counts, route, alarm: false }
    case 'missed':
      return {
        title: `${plural(run.count, 'backup')} of ${run.schedule} ${run.count === 1 ? 'was' : 'were'} missed`,
        body: 'The computer slept or was off. The next one comes at its time.',
        ...{ route, alarm: false },
      }
    case 'done':
      return success ? { title: `${run.schedule} finished`, body: counts, route, alarm: false } : null
    case 'waiting':
    case 'running':
    case 'skipped':
      return null
  }
}
