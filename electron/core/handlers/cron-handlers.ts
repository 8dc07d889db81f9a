import { AppError } from '../../../shared/errors.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { enableJobs } from '../restores/cron/enable.ts'
import { discover } from '../sources/discover.ts'

/** What a restore left for a person to take into use. */
export function cronHandlers({ profiles, servers, overrides }: App): Pick<Handlers, 'cron.enable'> {
  return {
    'cron.enable': async ({ server: name, source }, { signal }) => {
      const server = profiles.get(name)
      await using open = await servers.open(server, { signal })
      const overridesFor = (account: string) => overrides.find(server.id, account)
      const { sources } = await discover(open.shell, open.survey, { signal, overridesFor })
      const account = sources.find((one) => one.name === source)
      if (account === undefined) {
        throw new AppError(
          'not-found',
          `${name} has no account called ${source}. Nothing was changed. See: holdfast sources ${name}`,
        )
      }
      return { enabled: await enableJobs({ ...account, shell: open.shell, signal }) }
    },
  }
}
