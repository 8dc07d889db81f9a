import { AppError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { App } from '../app.ts'
import { copyBackup } from '../backups/copy-backup.ts'
import { deleteBackup } from '../backups/delete.ts'
import { selectBackup } from '../backups/select.ts'
import type { Handlers } from '../dispatch.ts'

type CopyHandlers = Pick<Handlers, 'copies.add' | 'copies.remove'>

const liesAt = (backup: Backup, name: string) => backup.copies.some(({ destination }) => destination === name)

/** Copies of backups that are there already. */
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
      const job = await app.jobs.start({
        kind: 'copy',
        title: `${backup.name} to ${destination}`,
        request: null,
        lock: backup.id,
        run: (context) => copyBackup(backup, destination, context, app.backupParts),
      })
      return { job }
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
  }
}
