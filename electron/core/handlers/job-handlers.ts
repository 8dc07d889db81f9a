import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'

type JobHandlers = Pick<Handlers, 'jobs.list' | 'jobs.show' | 'jobs.cancel'>

/** What runs and what ran. */
export function jobHandlers(app: App): JobHandlers {
  return {
    'jobs.list': async () => ({ jobs: [...app.jobs.list()] }),
    'jobs.show': async ({ id, log }) => ({
      job: app.jobs.get(id),
      log: log ? [...(await app.jobs.log(id))] : [],
    }),
    'jobs.cancel': async ({ id }) => ({ job: await app.jobs.cancel(id) }),
  }
}
