import type { Server } from '../../../shared/model/server.ts'
import type { Discovery } from '../../../shared/model/source.ts'
import type { ServerProfiles } from '../servers/profiles.ts'
import type { ServerAccess } from '../servers/server-access.ts'
import { discover } from './discover.ts'
import type { LastLooks } from './last-looks.ts'
import type { OverrideStore } from './override-store.ts'

interface LookParts {
  readonly servers: ServerAccess
  readonly overrides: OverrideStore
  readonly profiles: ServerProfiles
  readonly looks: LastLooks
}

/** Looks at a server, and remembers what is there. Throws what the connection throws. */
export async function lookAtServer(
  { servers, overrides, profiles, looks }: LookParts,
  server: Server,
  options: { readonly signal: AbortSignal; readonly sizes: boolean },
): Promise<Discovery> {
  await using open = await servers.open(server, options)
  const overridesFor = (source: string) => overrides.find(server.id, source)
  const { loginsOf: _, ...discovery } = await discover(open.shell, open.survey, { ...options, overridesFor })
  await profiles.learned(server.id, open.survey)
  await looks.keep(server.id, discovery)
  await profiles.found(server.id, discovery.sources)
  return discovery
}
