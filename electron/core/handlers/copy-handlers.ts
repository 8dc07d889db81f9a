import { AppError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { App } from '../app.ts'
import { deleteBackup } from '../backups/delete.ts'
import { selectBackup } from '../backups/select.ts'
import { startCopy } from '../backups/start-copy.ts'
import type { Handlers } from '../dispatch.ts'

type CopyHandlers = Pick<Handlers, 'copies.add' | 'copies.remove' | 'copies.queued' | 'copies.cancel'>

const liesAt = (backup: Backup, name: string) => backup.copies.some(({ destination }) => destination === name)

/** Copies of backups that are there already, and those that are still to be made. */
export function copyHandlers(app: App): CopyHandlers {
  return {
    'copies.add': async ({ backup: reference, destination }) => {
      const backup = selectBackup(app.catalog.list(), reference)
      app.destinations.get(destination)
      if (liesAt(backup, destination)) {
        throw new AppError(
          'conflict',
          `${backup.name} has a copy at ${destination} already. Nothing was changed.`,
        )
      }
      return { job: await startCopy(backup, destination, app) }
    },
    'copies.remove': async ({ backup: reference, destination }, { signal }) => {
      const backup = selectBackup(app.catalog.list(), reference)
      app.destinations.get(destination)
      if (!liesAt(backup, destination)) {
        throw new AppError('not-found', `${backup.name} has no copy at ${destination}. Nothing was deleted.`)
      }
      if (backup.copies.length === 1) {
        throw new AppError(
          'conflict',
          `That is the only copy of ${backup.name}, so it was not deleted. To delete the backup: holdfast delete ${backup.name} --yes`,
        )
      }
      await deleteBackup(app, backup, { destination, signal })
      return {}
    },
    'copies.queued': () =>
      Promise.resolve({
        copies: app.catalog
          .list()
          .flatMap(({ id, name, server, source, missing }) =>
            missing.map((copy) => ({ ...copy, ...{ backup: id, name, server, source } })),
          ),
      }),
    'copies.cancel': async ({ backup: reference, destination }) => {
      const backup = selectBackup(app.catalog.list(), reference)
      if (!backup.missing.some((copy) => copy.destination === destination)) {
        throw new AppError(
          'not-found',
          `No copy of ${backup.name} waits to be made at ${destination}. See: holdfast copy list`,
        )
      }
      await app.upkeep.abandon(backup.id, destination)
      return {}
    },
  }
}
