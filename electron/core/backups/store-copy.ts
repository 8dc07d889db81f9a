import { AppError } from '../../../shared/errors.ts'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { FinishedArchive } from '../archive/writer.ts'
import type { JobContext } from '../jobs/job-context.ts'
import type { BackupParts } from './backup-run.ts'
import type { IndexFile } from './index-file.ts'
import { emptyState, keysOf } from './stored-backup.ts'
import type { UploadTarget } from './upload-group.ts'
import { requireGood, verifyCopy } from './verify-copy.ts'

/**
 * Copies that are visible but not backups yet; disposing deletes those that never became one. What cannot be deleted
 * stays, for the next start: it spoils no finished copy.
 */
export class UnfinishedCopies implements AsyncDisposable {
  readonly #targets: Set<UploadTarget>

  constructor(targets: Iterable<UploadTarget>) {
    this.#targets = new Set(targets)
  }

  finished(target: UploadTarget): void {
    this.#targets.delete(target)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { signal } = new AbortController()
    for (const { destination, stem } of this.#targets) {
      const { archive, index } = keysOf(stem)
      try {
        for (const key of [index, archive]) await destination.delete(key, { signal })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
  }
}

/**
 * Makes a backup of an archive that lies at a destination: its index, a verification by reading everything back,
 * then the manifest, and its row in the catalog. Throws `corrupt` where the copy is not what was written.
 */
export async function storeCopy(
  { destination, stem }: UploadTarget,
  finished: FinishedArchive,
  { index, job, parts }: { readonly index: IndexFile; readonly job: JobContext; readonly parts: BackupParts },
): Promise<void> {
  const { signal } = job
  const keys = keysOf(stem)
  await index.send(destination, keys.index, { signal })
  const draft: OuterManifest = {
    ...finished.manifest,
    archive: finished.archive,
    index: finished.index,
    copy: { name: keys.archive.split('/').at(-1) ?? keys.archive, verified: null },
  }
  job.note('info', `Verifying the copy at ${destination.name}`)
  job.expect({ bytes: finished.archive.size, items: null })
  const report = await verifyCopy(destination, stem, draft, {
    level: 'deep',
    signal,
    progress: (bytes) =>
      job.progress({ phase: 'verifying', bytes, items: finished.archive.entries, current: null }),
  })
  requireGood(report, keys.archive)
  const verified = { level: report.level, at: parts.clock.now().toISOString() }
  const manifest: OuterManifest = { ...draft, copy: { ...draft.copy, verified } }
  await destination.put(keys.manifest, Buffer.from(`${JSON.stringify(manifest)}\n`), { signal })
  parts.catalog.add(destination, stem, { manifest, state: emptyState })
}
