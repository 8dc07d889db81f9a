import type { App } from '../app.ts'
import type { Unreadable } from '../backups/catalog.ts'
import { localDestination } from '../backups/default-destination.ts'
import { deleteBackup } from '../backups/delete.ts'
import { selectBackup } from '../backups/select.ts'
import { startBackup } from '../backups/start-backup.ts'
import { pinBackup } from '../backups/pin.ts'
import { readDestination } from '../backups/read-destination.ts'
import { runVerify } from '../backups/verify-job.ts'
import type { Handlers } from '../dispatch.ts'
import { requireServer } from './require-server.ts'
import type { Job } from '../../../shared/model/job.ts'

type BackupHandlers = Pick<
  Handlers,
  | 'backups.start'
  | 'backups.list'
  | 'backups.show'
  | 'backups.pin'
  | 'backups.delete'
  | 'backups.verify'
  | 'catalog.rebuild'
>

/** Making, finding, checking and removing backups. */
export function backupHandlers(app: App): BackupHandlers {
  const find = (reference: string) => selectBackup(app.catalog.list(), reference)
  const show = (id: string) => selectBackup(app.catalog.list(), id)
  return {
    'backups.start': async ({ sources, ...rest }) => {
      const servers = sources.map(({ server }) => app.profiles.get(server))
      const named = rest.destinations.length > 0 ? rest.destinations : [await localDestination(app)]
      const destinations = [...new Set(named)]
      for (const name of destinations) app.destinations.get(name)
      const jobs: Job[] = []
      for (const [at, { server, source }] of sources.entries()) {
        const request = { ...rest, server, source, destinations, only: [], trigger: 'on-demand' as const }
        jobs.push(await startBackup(request, servers[at]?.id ?? server, app))
      }
      return { jobs }
    },
    'backups.list': async ({ server, source, destination }) => {
      if (destination !== undefined) app.destinations.get(destination)
      if (server !== undefined) requireServer(app, server)
      const wanted = app.catalog
        .list()
        .filter((each) => server === undefined || each.server === server)
        .filter((each) => source === undefined || each.source === source)
        .filter(
          (each) => destination === undefined || each.copies.some((copy) => copy.destination === destination),
        )
      const there = (each: { readonly destination: string }) =>
        destination === undefined || each.destination === destination
      return {
        backups: [...wanted],
        unfinished: app.catalog.unfinished().filter(there),
        unreadable: app.catalog.unreadable().filter(there),
      }
    },
    'backups.show': async ({ backup }) => {
      const found = find(backup)
      return { backup: found, manifest: app.catalog.manifest(found.id) }
    },
    'backups.pin': async ({ backup, pinned }, { signal }) => {
      const found = find(backup)
      await pinBackup(app, found, { pinned, signal })
      return { backup: show(found.id) }
    },
    'backups.delete': async ({ backup }, { signal }) => {
      const found = find(backup)
      const copies = await deleteBackup(app, found, { signal })
      await app.upkeep.abandon(found.id, null)
      return { copies }
    },
    'backups.verify': async ({ backup, level, destination }) => {
      const found = find(backup)
      const job = await app.jobs.start({
        kind: 'verify',
        title: found.name,
        request: null,
        lock: found.id,
        run: (context) => runVerify(found, { level, destination }, context, app),
      })
      return { job }
    },
    'catalog.rebuild': async ({ destination }, { signal }) => {
      const profiles = destination === null ? app.destinations.list() : [app.destinations.get(destination)]
      const unreadable: Unreadable[] = []
      const removed: string[] = []
      for (const profile of profiles) {
        await using open = await app.destinations.connect(profile.name, { signal })
        const read = await readDestination(open, { ...app.ports, catalog: app.catalog }, { signal })
        unreadable.push(...read.unreadable)
        removed.push(...read.removed)
      }
      return { backups: app.catalog.list().length, unreadable, removed }
    },
  }
}
