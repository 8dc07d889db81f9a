import type { Input } from '../../shared/contract.ts'
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
  /** Buttons, the likeliest first; a system may show the first alone, or none. */
  readonly actions: readonly NoticeAction[]
}

/** What a button of a notification does. */
export type NoticeAct =
  | { readonly does: 'show'; readonly route: string }
  | { readonly does: 'back-up'; readonly request: Input<'backups.start'> }
  | { readonly does: 'run-schedule'; readonly schedule: string }
  /** Its run that is open goes on an hour later. */
  | { readonly does: 'put-off'; readonly schedule: string }

export interface NoticeAction {
  readonly text: string
  readonly act: NoticeAct
}

const show = (text: string, route: string): NoticeAction => ({ text, act: { does: 'show', route } })

const routeTo = (...parts: readonly string[]) => `#/${parts.map(encodeURIComponent).join('/')}`
/** The page of a job; restores have a report of their own. */
const jobRoute = ({ id, kind }: Job) => routeTo(kind === 'restore' ? 'restores' : 'jobs', id)
const alarming = (code: string | undefined) => code === 'host-key-changed' || code === 'host-key-revoked'

function hostKeyNotice(server: string, route: string): Notice {
  return {
    title: `${server} shows a different host key`,
    body: 'Holdfast hung up before signing in. Nothing was sent.',
    ...{ route, alarm: true, actions: [show('Show', route)] },
  }
}

/** To back up the same again; none for a part of a source, which nobody can ask for. */
function tryAgain({ request }: Job): readonly NoticeAction[] {
  if (request === null || request.only.length > 0) return []
  const { server, source, scope, destinations, exclude, credentials } = request
  const again = { sources: [{ server, source }], scope, destinations, exclude, credentials }
  return [{ text: 'Try again', act: { does: 'back-up', request: again } }]
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
  const route = jobRoute(job)
  const report = [show('Show report', route)]
  const ended =
    job.kind === 'restore' ? [...report, show('Undo…', routeTo('restores', job.id, 'undo'))] : report
  if (job.state === 'failed' && alarming(job.error?.code) && job.request !== null)
    return hostKeyNotice(job.request.server, routeTo('servers', job.request.server, 'host-key'))
  if (job.request?.trigger === 'scheduled') return null
  switch (job.state) {
    case 'failed':
      return {
        ...{ title: failedTitle(job), body: job.error?.message ?? '', route, alarm: false },
        actions: [show('See what to fix', route), ...(job.kind === 'backup' ? tryAgain(job) : [])],
      }
    case 'partial':
      return {
        title: `${job.title}: something is missing`,
        body: 'What could be read is kept. The report says what is missing.',
        ...{ route, alarm: false, actions: ended },
      }
    case 'succeeded': {
      if (job.warnings === 0 && !success) return null
      const how = job.warnings === 0 ? 'It went well.' : `With ${plural(job.warnings, 'warning')}.`
      return { title: `${job.title}: finished`, body: how, route, alarm: false, actions: ended }
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
  const route = routeTo('schedules', run.schedule)
  const report = { route, alarm: false, actions: [show('Show report', route)] }
  const again: NoticeAct = { does: 'run-schedule', schedule: run.schedule }
  switch (run.state) {
    case 'failed':
      return failedRunNotice(run, { counts, route, again })
    case 'partial':
      return { title: `${run.schedule} finished with gaps`, body: counts, ...report }
    case 'missed':
      return {
        title: missedTitle(run.schedule, run.count),
        body: 'The computer slept or was off. The next one comes at its time.',
        ...{ route, alarm: false, actions: [{ text: 'Run now', act: again }] },
      }
    case 'done':
      return success ? { title: `${run.schedule} finished`, body: counts, ...report } : null
    case 'running':
      return isCaughtUp(run) ? caughtUpNotice(run, route) : null
    case 'waiting':
    case 'skipped':
      return null
  }
}

/** A run that begins so much later than it was due was missed; one that was cut off began in time. */
const punctual = 5 * 60_000

/** Whether a run that has begun is of times that passed while nothing could run. */
function isCaughtUp({ late, manual, attempts, startedAt, firstDueAt }: ScheduleRun): boolean {
  const lateBy = startedAt === null ? 0 : Date.parse(startedAt) - Date.parse(firstDueAt)
  return late && !manual && attempts === 0 && lateBy > punctual
}

function caughtUpNotice({ schedule, count }: ScheduleRun, route: string): Notice {
  return {
    title: missedTitle(schedule, count),
    body: 'The computer slept or was off. It runs now.',
    ...{ route, alarm: false },
    actions: [{ text: 'Wait until later', act: { does: 'put-off', schedule } }],
  }
}

function missedTitle(schedule: string, count: number): string {
  return `${plural(count, 'backup')} of ${schedule} ${count === 1 ? 'was' : 'were'} missed`
}

interface FailedRun {
  readonly counts: string
  readonly route: string
  readonly again: NoticeAct
}

function failedRunNotice({ schedule, error }: ScheduleRun, { counts, route, again }: FailedRun): Notice {
  const body = error?.message ?? counts
  if (error?.code === 'secrets-locked')
    return {
      title: 'Unlock your keychain',
      body: `The scheduled backup ${schedule} is waiting.`,
      ...{ route: '#/settings', alarm: false, actions: [show('Unlock', '#/settings')] },
    }
  if (error?.code === 'no-space')
    return {
      title: 'There is no space left',
      ...{ body, route: '#/destinations', alarm: false, actions: [show('Show', '#/destinations')] },
    }
  return {
    title: `${schedule} failed`,
    ...{ body, route, alarm: false },
    actions: [show('See what to fix', route), { text: 'Try again', act: again }],
  }
}

/** Of a source whose backups are too old; `scheduled`: a schedule should have made a newer one. */
export function staleNotice({
  server,
  name,
  newestAt,
  scheduled,
  now,
}: {
  readonly server: string
  readonly name: string
  readonly newestAt: string
  readonly scheduled: boolean
  readonly now: Date
}): Notice {
  const days = Math.floor((now.getTime() - Date.parse(newestAt)) / 86_400_000)
  const route = routeTo('backups', server, name)
  const add = routeTo('new-schedule', server, name)
  return {
    title: `${name} has had no backup for ${plural(days, 'day')}`,
    body: scheduled ? 'Its schedule should have made one.' : 'It isn’t in any schedule.',
    ...{ route, alarm: false },
    actions: [scheduled ? show('See what to fix', route) : show('Add to schedule', add)],
  }
}
