import { AppError } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { lookAtServer } from '../sources/look-at-server.ts'
import { noOverrides } from '../sources/override-store.ts'

type SourceHandlers = Pick<Handlers, 'sources.known' | 'sources.list' | 'sources.overrides' | 'sources.set'>

/**
 * A source that an earlier look found is taken as it is, also without a network; for any other the server is asked.
 * @throws `not-found`, and what the connection throws
 */
async function requireSource(
  app: App,
  server: Server,
  { source, signal }: { readonly source: string; readonly signal: AbortSignal },
): Promise<void> {
  if (app.profiles.sources(server.id).includes(source)) return
  const { sources } = await lookAtServer(app, server, { signal, sizes: false })
  if (sources.some(({ name }) => name === source)) return
  throw new AppError(
    'not-found',
    `${server.name} has no source called ${source}. Nothing was stored; see: holdfast sources ${server.name}`,
  )
}

/** What can be backed up, and the admin's word on it. */
export function sourceHandlers(app: App): SourceHandlers {
  return {
    'sources.known': async ({ server }) => ({ look: app.looks.of(app.profiles.get(server).id) }),
    'sources.list': ({ server }, { signal }) =>
      lookAtServer(app, app.profiles.get(server), { signal, sizes: true }),
    'sources.overrides': async ({ server, source }) =>
      app.overrides.find(app.profiles.get(server).id, source) ?? noOverrides,
    'sources.set': async ({ server: name, source, overrides }, { signal }) => {
      const server = app.profiles.get(name)
      await requireSource(app, server, { source, signal })
      await app.overrides.set(server.id, source, overrides)
      return {}
    },
  }
}
