import { errorCodes, toWire, type WireError } from '../../../shared/errors.ts'
import type { BackupRequest, Job } from '../../../shared/model/job.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import type { ScheduleRun, SourceRun } from '../../../shared/model/schedule-run.ts'
import type { RunHistory } from './run-history.ts'
import { isOver } from './run-state.ts'
import { targetsOf, type ServerSources, type Target } from './targets.ts'

/** The job queue, as far as the scheduler needs it. */
export interface BackupJobs {
  /** Queues a backup and returns its job. */
  start(request: BackupRequest, serverId: string): Promise<Job>
  /** Resolves when the job has ended, to its last state. */
  settled(id: string): Promise<Job>
  /** Asks a job to stop. */
  cancel(id: string): Promise<unknown>
  /** Null where nobody knows the job any more. */
  find(id: string): Job | null
}

export interface ExecuteParts {
  readonly history: RunHistory
  readonly jobs: BackupJobs
  readonly servers: ServerSources
}

function requestOf(schedule: Schedule, { server, source }: Target): BackupRequest {
  return {
    ...{ server, source, scope: schedule.scope, destinations: schedule.destinations },
    ...{ exclude: schedule.exclude, credentials: schedule.credentials, trigger: 'scheduled', only: [] },
    schedule: { id: schedule.id, name: schedule.name, retention: schedule.retention },
    ...(typeof schedule.rateMbit === 'number' && { rateMbit: schedule.rateMbit }),
  }
}

const waiting = (target: Target): SourceRun => ({
  ...{ server: target.server, serverId: target.serverId, source: target.source },
  ...{ job: null, backupId: null, state: 'waiting', error: null },
})

const failed = (target: Target, { code, message }: WireError): SourceRun => ({
  ...waiting(target),
  ...{ state: 'failed', error: { code, message } },
})

/** What a job came to, for the run that asked for it. */
export function outcomeOf(job: Job): Pick<SourceRun, 'state' | 'error' | 'backupId'> {
  const { backupId } = job
  const missing = job.missingCopies[0]
  if (job.state === 'succeeded') return { state: 'succeeded', error: null, backupId }
  if (job.state === 'partial') {
    const error = missing ? { code: missing.code, message: missing.message } : null
    return { state: 'partial', error, backupId }
  }
  const { code, message } = job.error ?? { code: 'internal' as const, message: 'The job did not end.' }
  return { state: 'failed', error: { code, message }, backupId }
}

/** Whether a source is done with, as far as trying again goes. */
export function isWorthRetrying({ state, error }: SourceRun): boolean {
  return state === 'failed' && error !== null && errorCodes[error.code].retryable
}

/** The sources of a run that begins: those of an earlier attempt that went well stay as they are. */
async function sourcesOf(
  run: ScheduleRun,
  schedule: Schedule,
  { servers }: ExecuteParts,
  options: { readonly signal: AbortSignal },
): Promise<readonly SourceRun[]> {
  const { targets, lost } = await targetsOf(schedule, servers, options)
  const before = (target: Target) =>
    run.sources.find(
      (each) => each.serverId === target.serverId && each.source === target.source && isOver(each),
    )
  return [
    ...targets.map((target) => before(target) ?? waiting(target)),
    ...lost.map((target) => failed(target, target.error)),
  ]
}

/** Whether `SERVER/SOURCE` names a source, by any name that its server had in these runs. */
export function isNamed(
  name: string,
  { serverId, source }: { readonly serverId: string; readonly source: string },
  runs: readonly ScheduleRun[],
): boolean {
  return runs.some(({ sources }) =>
    sources.some((each) => each.serverId === serverId && `${each.server}/${source}` === name),
  )
}

/** `SERVER/SOURCE` of what the last run that looked had and this one has not. */
function vanishedSince(history: RunHistory, run: ScheduleRun, sources: readonly SourceRun[]): string[] {
  const silent = new Set(sources.filter(({ source }) => source === '*').map(({ serverId }) => serverId))
  const before = history.of(run.scheduleId).find((each) => each.id !== run.id && each.sources.length > 0)
  const gone = (before?.sources ?? []).filter(
    (old) =>
      old.source !== '*' &&
      !silent.has(old.serverId) &&
      !sources.some((each) => each.serverId === old.serverId && each.source === old.source),
  )
  const missing = sources.filter(({ error, source }) => error?.code === 'not-found' && source !== '*')
  const runs = history.of(run.scheduleId)
  const still = (before?.vanished ?? []).filter(
    (name) => !sources.some((each) => isOver(each) && isNamed(name, each, runs)),
  )
  const names = [...gone, ...missing].map(({ server, source }) => `${server}/${source}`)
  return [...new Set([...still, ...names])]
}

/**
 * Backs up all sources of a run, no more of a server at a time than the schedule says, and notes each step. Never
 * throws; what fails stands in the run's sources. The run's own state is the caller's. `signal`: begins no more;
 * `putOff`: stops what runs, too.
 */
export async function executeRun(
  id: string,
  schedule: Schedule,
  parts: ExecuteParts,
  options: { readonly signal: AbortSignal; readonly putOff: AbortSignal },
): Promise<void> {
  const { history, jobs } = parts
  const signal = AbortSignal.any([options.signal, options.putOff])
  const run = history.get(id)
  if (run === undefined) return
  const sources = await sourcesOf(run, schedule, parts, { signal })
  await history.changeRun(id, (now) => ({ ...now, sources: [...sources] }))

  const note = (target: SourceRun, change: Partial<SourceRun>) =>
    history.changeRun(id, (now) => ({
      ...now,
      sources: now.sources.map((each) =>
        each.serverId === target.serverId && each.source === target.source ? { ...each, ...change } : each,
      ),
    }))
  const backUp = async (target: SourceRun) => {
    try {
      const job = await jobs.start(requestOf(schedule, target), target.serverId)
      const cancel = () => void jobs.cancel(job.id)
      if (options.putOff.aborted) cancel()
      else options.putOff.addEventListener('abort', cancel, { once: true })
      await note(target, { job: job.id, state: 'running' })
      await note(target, outcomeOf(await jobs.settled(job.id)))
    } catch (error) {
      const { code, message } = toWire(error)
      await note(target, { state: 'failed', error: { code, message } })
    }
  }
  const open = sources.filter(({ state }) => state === 'waiting')
  await Promise.all(
    [...new Set(open.map(({ serverId }) => serverId))].flatMap((serverId) => {
      const queue = open.filter((each) => each.serverId === serverId)
      const worker = async () => {
        for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) await backUp(next)
      }
      return Array.from({ length: schedule.perServer }, worker)
    }),
  )
  const ended = history.get(id)?.sources ?? []
  await history.changeRun(id, (now) => ({ ...now, vanished: vanishedSince(history, now, ended) }))
}
