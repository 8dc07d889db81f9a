import { randomBytes } from 'node:crypto'
import type { App } from '../app.ts'
import { selectBackup } from '../backups/select.ts'
import type { Handlers } from '../dispatch.ts'
import { drillRequest, runDrill } from '../restores/drill/run-drill.ts'
import { throwawayName } from '../restores/drill/throwaway.ts'

/** Proving backups by restoring them. */
export function drillHandlers({
  catalog,
  jobs,
  profiles,
  restoreParts,
}: App): Pick<Handlers, 'drills.start'> {
  return {
    'drills.start': async ({ server, source, on }) => {
      const { id } = profiles.get(on)
      const backup = selectBackup(catalog.list(), `${server}/${source}@latest`)
      const account = throwawayName(randomBytes(4))
      const request = drillRequest({ backup: backup.id, on, account })
      return {
        job: await jobs.start({
          ...{
            kind: 'drill',
            request: null,
            title: `${server}/${source} on ${on}`,
            lock: `${id}/${account}`,
          },
          run: (job) => runDrill(request, { job, parts: restoreParts }),
        }),
      }
    },
  }
}
