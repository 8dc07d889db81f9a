import { v7 as uuid } from 'uuid'
import type { DestinationProfile } from '../../../shared/model/destination.ts'
import type { App } from '../app.ts'
import { readDestination } from '../backups/read-destination.ts'
import { openDestination, prepareDestination } from '../destinations/registry.ts'
import type { Handlers } from '../dispatch.ts'

type DestinationHandlers = Pick<
  Handlers,
  'destinations.add' | 'destinations.list' | 'destinations.show' | 'destinations.remove'
>

/** Where copies lie. */
export function destinationHandlers(app: App): DestinationHandlers {
  return {
    'destinations.add': async ({ kind, name, path }, { signal }) => {
      const destination: DestinationProfile = {
        kind,
        name,
        path,
        id: uuid(),
        addedAt: app.ports.clock.now().toISOString(),
      }
      app.destinations.refuseTaken(destination)
      await prepareDestination(destination)
      await app.destinations.add(destination)
      await using open = await openDestination(destination)
      await readDestination(open, { ...app.ports, catalog: app.catalog }, { signal })
      return { destination }
    },
    'destinations.list': async () => ({ destinations: [...app.destinations.list()] }),
    'destinations.show': async ({ name }, { signal }) => {
      const destination = app.destinations.get(name)
      await using open = await openDestination(destination)
      const backups = app.catalog
        .list()
        .filter(({ copies }) => copies.some((copy) => copy.destination === name))
      return { destination, freeBytes: await open.free({ signal }), backups: backups.length }
    },
    'destinations.remove': async ({ name }) => {
      await app.destinations.remove(app.destinations.get(name).id)
      app.catalog.forget(name)
      return {}
    },
  }
}
