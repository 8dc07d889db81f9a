import { AppError } from '../../../shared/errors.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { Job } from '../../../shared/model/job.ts'
import { isThrowaway, throwawayPrefix } from '../../../shared/throwaway.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import { unfinishedRestore } from '../restores/interrupted.ts'
import type { RestoreJournal } from '../restores/journal.ts'
import { planRestore, runRestore } from '../restores/restore-job.ts'
import { resumeRestore, rollBackRestore } from '../restores/resume.ts'
import { whatWasMade } from '../restores/remove-made.ts'
import { runUndo, undoRequest } from '../restores/undo.ts'
import { planRest } from '../restores/whole-server/plan-rest.ts'
import { resumeServer } from '../restores/whole-server/run-server.ts'
import type { ServerJournal } from '../restores/whole-server/server-journal.ts'
import { madeOnServer, takeBackServer } from '../restores/whole-server/take-back-server.ts'
import { isAtWork, requireTyped, startOnServer } from './server-restore-handlers.ts'

type RestoreHandlers = Pick<
  Handlers,
  | 'restores.plan'
  | 'restores.start'
  | 'restores.show'
  | 'restores.list'
  | 'restores.planResume'
  | 'restores.resume'
  | 'restores.rollback'
  | 'restores.planUndo'
  | 'restores.undo'
  | 'restores.report'
>

function stillRunning(): AppError {
  return new AppError(
    'busy',
    'This restore is still running. Nothing was changed; wait for it, or cancel it.',
  )
}

/** Names of throwaway accounts are for drills, which remove everything that bears one. */
function requireNoThrowaway({ to }: RestoreRequest): void {
  if (!isThrowaway(to.account)) return
  throw new AppError(
    'invalid-input',
    `Names that begin with ${throwawayPrefix} are those of accounts that drills make and remove. Nothing was changed; choose another.`,
  )
}

/** Planning, making, resuming and undoing restores. */
export function restoreHandlers(app: App): RestoreHandlers {
  const parts = app.restoreParts
  const plan = async (request: RestoreRequest, signal: AbortSignal) => {
    requireNoThrowaway(request)
    return { plan: (await planRestore(request, parts, { signal })).plan }
  }
  const start = (
    kind: Job['kind'],
    { to }: Pick<RestoreRequest, 'to'>,
    run: (job: JobContext) => Promise<JobOutcome>,
  ) =>
    app.jobs.start({
      ...{ kind, request: null, run },
      title: `${to.server}/${to.account}`,
      lock: `${app.profiles.get(to.server).id}/${to.account}`,
    })
  /** The restore of a whole server with this id, on which nothing is working; null where it is another's. */
  const idleServer = (id: string): ServerJournal | null => {
    const server = parts.serverJournals.find(id)
    if (server !== null && isAtWork(app, server)) throw stillRunning()
    return server
  }
  /** Whether something works on a restore, under whichever id. */
  const isBusy = ({ entry: { job: id, request } }: RestoreJournal): boolean => {
    const title = `${request.to.server}/${request.to.account}`
    const busy = app.jobs
      .list()
      .some(
        (job) =>
          (job.id === id || (job.title === title && job.kind !== 'backup')) &&
          (job.state === 'running' || job.state === 'cancelling'),
      )
    return (
      busy ||
      parts.serverJournals
        .list()
        .some(
          (server) =>
            isAtWork(app, server) &&
            Object.values(server.entry.accounts).some(({ restore }) => restore === id),
        )
    )
  }
  /** A restore that nothing is working on. */
  const idle = (id: string): RestoreJournal => {
    const journal = parts.journals.get(id)
    if (isBusy(journal)) throw stillRunning()
    return journal
  }
  const onServer = (
    kind: Job['kind'],
    { entry }: ServerJournal,
    run: (job: JobContext) => Promise<JobOutcome>,
  ) => startOnServer(app, kind, { to: entry.request.to, run })
  return {
    'restores.plan': ({ request }, { signal }) => plan(request, signal),
    'restores.start': async ({ request, digest, confirm }) => {
      requireNoThrowaway(request)
      requireTyped(confirm, request.to.account, 'account')
      return { job: await start('restore', request, (job) => runRestore(request, digest, { job, parts })) }
    },
    'restores.show': async ({ job }) => {
      const { request, plan: confirmed, safetyBackup, steps } = parts.journals.get(job).entry
      return {
        ...{ request, plan: confirmed, safetyBackup },
        steps: confirmed.steps.map((step) => ({ step, state: steps[step.id]?.state ?? 'waiting' })),
      }
    },
    'restores.list': async () => ({
      restores: [
        ...parts.serverJournals
          .list()
          .map((journal) => ({ journal, ...journal.entry }))
          .map(({ journal, job, startedAt, phase, request, report, undoneBy }) => ({
            unfinished: isAtWork(app, journal) ? null : (unfinishedRestore(job, parts)?.remedy ?? null),
            ...{ job, startedAt, phase, from: request.from, to: { server: request.to, account: null } },
            undo: report?.undo ? { until: report.undo.until, undoneBy } : null,
          })),
        ...parts.journals
          .list()
          .map((journal) => ({ journal, ...journal.entry }))
          .map(({ journal, job, startedAt, phase, plan: made, request, undoneBy, report }) => ({
            unfinished: isBusy(journal) ? null : (unfinishedRestore(job, parts)?.remedy ?? null),
            ...{ job, startedAt, phase, from: made.from.name, to: request.to },
            undo: report?.undo ? { until: report.undo.until, undoneBy } : null,
          })),
      ],
    }),
    'restores.planResume': async ({ job: id }, { signal }) => {
      const server = idleServer(id)
      const goesOn = server !== null && server.entry.phase === 'running'
      return { plan: goesOn ? await planRest(server, parts, { signal }) : null }
    },
    'restores.resume': async ({ job: id, digest, confirm }) => {
      const server = idleServer(id)
      if (server !== null) {
        if (digest !== null) requireTyped(confirm, server.entry.request.to, 'server')
        return onServer('restore', server, (job) => resumeServer(server, digest, { job, parts }))
      }
      const journal = idle(id)
      return {
        job: await start('restore', journal.entry.request, (job) => resumeRestore(journal, { job, parts })),
      }
    },
    'restores.rollback': async ({ job: id }) => {
      const server = idleServer(id)
      if (server !== null)
        return onServer('rollback', server, (job) => takeBackServer(server, { job, parts }))
      const journal = idle(id)
      return {
        job: await start('rollback', journal.entry.request, (job) =>
          rollBackRestore(journal, { job, parts }),
        ),
      }
    },
    'restores.planUndo': async ({ job }, { signal }) => {
      const server = parts.serverJournals.find(job)
      if (server !== null) return { plan: null, removes: madeOnServer(server, parts) }
      const journal = parts.journals.get(job)
      const request = undoRequest(journal, parts)
      return {
        plan: request === null ? null : (await plan(request, signal)).plan,
        removes: whatWasMade(journal),
      }
    },
    'restores.undo': async ({ job: id, digest, confirm }) => {
      const server = idleServer(id)
      if (server !== null) {
        requireTyped(confirm, server.entry.request.to, 'server')
        return onServer('undo', server, (job) => takeBackServer(server, { job, parts }))
      }
      const journal = idle(id)
      requireTyped(confirm, journal.entry.request.to.account, 'account')
      return {
        job: await start('undo', journal.entry.request, (job) => runUndo(journal, { digest, job, parts })),
      }
    },
    'restores.report': async ({ job }) => {
      const { report } = (parts.serverJournals.find(job) ?? parts.journals.get(job)).entry
      if (report) return { report }
      throw new AppError(
        'not-found',
        `The restore ${job} has no report yet: it did not come to an end. See: holdfast job ${job}`,
      )
    },
  }
}
