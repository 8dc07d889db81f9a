import { AppError } from '../../../shared/errors.ts'
import type { BackupState, CopySeal, OuterManifest } from '../../../shared/model/backup.ts'
import type { Sealed } from '../archive/seal/sealer.ts'
import type { FinishedArchive } from '../archive/writer.ts'
import type { JobContext } from '../jobs/job-context.ts'
import type { BackupParts } from './backup-run.ts'
import type { IndexFile } from './index-file.ts'
import { recipientNames, sealManifest } from './sealed-manifest.ts'
import { sendObject } from './send-object.ts'
import { bodyKeysOf, emptyState, keysOf, writeState } from './stored-backup.ts'
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
      try {
        for (const key of bodyKeysOf(stem)) await destination.delete(key, { signal })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
  }
}

interface StoreOptions {
  readonly index: IndexFile
  /** What is stored of the encrypted archive; null where it is not encrypted. */
  readonly sealed: Sealed | null
  /** As `FinishOptions`, of the archive alone. */
  readonly proven: boolean
  readonly job: JobContext
  readonly parts: BackupParts
}

/**
 * Makes a backup of an archive that lies at a destination: its index, then as `finishCopy`. Throws `corrupt` where the
 * copy is not what was written.
 */
export async function storeCopy(
  target: UploadTarget,
  finished: FinishedArchive,
  { index, sealed, proven, job, parts }: StoreOptions,
): Promise<void> {
  const { manifest, ...rest } = finished
  const { destination, stem, recipients } = target
  const { signal } = job
  const { encryption } = parts
  const key = keysOf(stem, { sealed: recipients !== null }).index
  const { stored, confirmed } = await sendObject(
    index.read(),
    { destination, key },
    { ...{ recipients, encryption, signal }, size: finished.index.size },
  )
  const seal =
    recipients === null || sealed === null
      ? undefined
      : { archive: sealed, index: stored, recipients: recipientNames(recipients) }
  await finishCopy(
    target,
    { ...manifest, ...rest },
    {
      ...{ job, parts, seal, state: emptyState },
      proven: proven && confirmed,
    },
  )
}

interface FinishOptions {
  readonly job: JobContext
  readonly parts: Pick<BackupParts, 'catalog' | 'clock' | 'encryption'>
  /** How the copy is encrypted; undefined where it is not. */
  readonly seal: CopySeal | undefined
  /** The destination has confirmed archive and index by checksums, and their bytes were walked on their way there. */
  readonly proven: boolean
  /** What is known about the backup that its other copies have beside them. */
  readonly state: BackupState
}

/**
 * Makes a backup of an archive and its index that lie at a destination: a verification, by reading everything back where
 * it is not proven already, then the state where there is something to say, the manifest, and its row in the catalog. Throws `corrupt` where the copy
 * is not what was written.
 */
export async function finishCopy(
  { destination, stem, recipients }: UploadTarget,
  finished: Omit<OuterManifest, 'copy'>,
  { job, parts, seal, proven, state }: FinishOptions,
): Promise<void> {
  const { signal } = job
  const { encryption } = parts
  const keys = keysOf(stem, { sealed: seal !== undefined })
  const draft: OuterManifest = {
    ...finished,
    copy: { name: keys.archive.split('/').at(-1) ?? keys.archive, verified: null, seal },
  }
  if (proven) job.note('info', `${destination.name} has confirmed the copy by its checksums`)
  else {
    job.note('info', `Verifying the copy at ${destination.name}`)
    job.expect({ bytes: finished.archive.size, items: null })
    const report = await verifyCopy(destination, stem, draft, {
      level: 'deep',
      encryption,
      signal,
      progress: (bytes) =>
        job.progress({ phase: 'verifying', bytes, items: finished.archive.entries, current: null }),
    })
    requireGood(report, keys.archive)
  }
  const at = parts.clock.now().toISOString()
  const verified = {
    level: 'deep' as const,
    at,
    by: proven ? ('checksums' as const) : ('read-back' as const),
  }
  const manifest: OuterManifest = { ...draft, copy: { ...draft.copy, verified } }
  if (state !== emptyState) await writeState(destination, stem, state, { signal })
  const stored = recipients === null ? manifest : await sealManifest(manifest, recipients)
  await destination.put(keys.manifest, Buffer.from(`${JSON.stringify(stored)}\n`), { signal })
  parts.catalog.add(destination, stem, { manifest, state })
}
