import { AppError } from '../../../shared/errors.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import { planServer } from '../restores/whole-server/plan-server.ts'
import { runServerRestore } from '../restores/whole-server/run-server.ts'
import type { ServerJournal } from '../restores/whole-server/server-journal.ts'

type ServerRestoreHandlers = Pick<Handlers, 'restores.planServer' | 'restores.startServer'>

/** The name that was typed must be the target's: nothing is restored by a click in the wrong window. */
export function requireTyped(confirm: string, name: string, what: string): void {
  if (confirm === name) return
  throw new AppError(
    'invalid-input',
    `The name that was typed is not ${name}, the ${what} that would be changed. Nothing was changed.`,
  )
}

/** Starts a job that works on all accounts of a server; one at a time. */
export async function startOnServer(
  app: App,
  kind: Job['kind'],
  { to, run }: { readonly to: string; readonly run: (job: JobContext) => Promise<JobOutcome> },
): Promise<{ readonly job: Job }> {
  const lock = `${app.profiles.get(to).id}/`
  return { job: await app.jobs.start({ kind, request: null, run, title: to, lock }) }
}

/** Whether a job works on a server's restore now, under whichever id. */
export function isAtWork(app: App, { entry }: ServerJournal): boolean {
  return app.jobs
    .list()
    .some(({ title, state }) => title === entry.request.to && (state === 'running' || state === 'cancelling'))
}

/** Planning and making the restore of a whole server. */
export function serverRestoreHandlers(app: App): ServerRestoreHandlers {
  const parts = app.restoreParts
  return {
    'restores.planServer': async ({ request }, { signal }) => ({
      plan: await planServer(request, parts, { signal }),
    }),
    'restores.startServer': ({ request, digest, confirm }) => {
      requireTyped(confirm, request.to, 'server')
      const run = (job: JobContext) => runServerRestore(request, digest, { job, parts })
      return startOnServer(app, 'restore', { to: request.to, run })
    },
  }
}
