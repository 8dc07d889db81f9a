import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { discover } from '../sources/discover.ts'
import { noOverrides } from '../sources/override-store.ts'

type SourceHandlers = Pick<Handlers, 'sources.list' | 'sources.overrides' | 'sources.set'>

/** What can be backed up, and the admin's word on it. */
export function sourceHandlers(app: App): SourceHandlers {
  return {
    'sources.list': async ({ server: name }, { signal }) => {
      const server = app.profiles.get(name)
      await using open = await app.servers.open(server, { signal })
      const overridesFor = (source: string) => app.overrides.find(server.id, source)
      const { loginsOf: _, ...discovery } = await discover(open.shell, open.survey, {
        signal,
        sizes: true,
        overridesFor,
      })
      await app.profiles.learned(server.id, open.survey)
      return discovery
    },
    'sources.overrides': async ({ server, source }) =>
      app.overrides.find(app.profiles.get(server).id, source) ?? noOverrides,
    'sources.set': async ({ server, source, overrides }) => {
      await app.overrides.set(app.profiles.get(server).id, source, overrides)
      return {}
    },
  }
}
