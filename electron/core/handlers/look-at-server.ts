import type { Server } from '../../../shared/model/server.ts'
import type { Discovery } from '../../../shared/model/source.ts'
import type { App } from '../app.ts'
import { discover } from '../sources/discover.ts'

/** Looks at a server, and remembers what is there. */
export async function lookAtServer(
  app: App,
  server: Server,
  options: { readonly signal: AbortSignal; readonly sizes: boolean },
): Promise<Discovery> {
  await using open = await app.servers.open(server, options)
  const overridesFor = (source: string) => app.overrides.find(server.id, source)
  const { loginsOf: _, ...discovery } = await discover(open.shell, open.survey, { ...options, overridesFor })
  await app.profiles.learned(server.id, open.survey)
  await app.looks.keep(server.id, discovery)
  await app.profiles.found(server.id, discovery.sources)
  return discovery
}
