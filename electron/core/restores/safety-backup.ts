import { advisedError } from '../advised-error.ts'
import { advise } from '../../../shared/advice.ts'
import { AppError, toWire } from '../../../shared/errors.ts'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { runBackup } from '../backups/backup.ts'
import type { BackupParts } from '../backups/backup-run.ts'
import { pinBackup } from '../backups/pin.ts'
import type { OpenServer } from '../servers/server-access.ts'
import type { JobContext } from '../jobs/job-context.ts'

/** The parts of a target that a safety backup could not save, as `acceptUnsaved` names them. */
function unsavedParts(parts: BackupParts, id: string): string[] {
  const { components } = parts.catalog.manifest(id)
  return components
    .filter(({ status, gaps }) => status === 'missing' || gaps > 0)
    .map(({ kind, name }) => (kind === name ? kind : `${kind} ${name}`))
}

interface Saving {
  readonly parts: BackupParts
  /** The target's server. */
  readonly over: OpenServer
  readonly job: JobContext
  readonly destinations: readonly string[]
  /** When its pin ends by itself, unless `limitPin` says otherwise later. */
  readonly until: string
}

/**
 * Saves what a restore is about to touch: a verified backup of the target, off the server, pinned. Returns its id.
 * Throws `partial` where a part could not be saved whose name nobody has typed; the backup stays.
 */
export async function makeSafetyBackup(
  request: RestoreRequest,
  plan: RestorePlan,
  { parts, over, job, destinations, until }: Saving,
): Promise<string> {
  job.note('info', `Saving ${request.to.server}/${request.to.account} first, so that this can be undone`)
  const backup = {
    ...{ server: request.to.server, source: request.to.account, scope: plan.undo.scope },
    ...{
      destinations: [...destinations],
      only: [...plan.undo.only],
      exclude: [],
      credentials: true,
      trigger: 'safety' as const,
    },
  }
  const { backupId } = await runBackup(backup, job, { ...parts, over })
  if (backupId === null) throw new AppError('internal', 'The safety backup has no id.')
  const found = parts.catalog.list().find(({ id }) => id === backupId)
  if (found) await pinBackup(parts, found, { pinned: true, until, signal: job.signal })
  const unsaved = unsavedParts(parts, backupId).filter((part) => !request.acceptUnsaved.includes(part))
  if (unsaved.length === 0) return backupId
  throw advisedError(
    'partial',
    advise`These parts of ${request.to.account} could not be saved first: ${unsaved.join(', ')}. Nothing was changed; to overwrite them all the same, ${{ way: 'accept-unsaved' }}.`,
    { details: { unsaved, backup: backupId } },
  )
}

/**
 * Lets the pin of a safety backup end with the time in which its restore can be undone, which is known only when that
 * has ended. Where the pin cannot be written it ends earlier, and the job's log says so.
 */
export async function limitPin(
  safetyBackup: string | null,
  until: string | null,
  { parts, job }: { readonly parts: BackupParts; readonly job: JobContext },
): Promise<void> {
  const found = parts.catalog.list().find(({ id }) => id === safetyBackup)
  if (found === undefined || until === null) return
  try {
    await pinBackup(parts, found, { pinned: true, until, signal: job.signal })
  } catch (error) {
    job.note('warning', `${found.name} could not be pinned until ${until}: ${toWire(error).message}`)
  }
}
