import { AppError } from '../../../shared/errors.ts'
import type { Backup, BackupCopy, OuterManifest } from '../../../shared/model/backup.ts'
import { openArchive, type ArchiveReader } from '../archive/reader.ts'
import type { Catalog } from './catalog.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import { openCopySource, type Unsealing } from './copy-source.ts'
import { stemOfArchive } from './stored-backup.ts'

/** A backup's archive that is open for looking into it. */
export interface OpenBackup extends AsyncDisposable {
  readonly reader: ArchiveReader
  readonly copy: BackupCopy
  readonly backupId: string
}

/** The copies of a backup, those found good first, then those that are nearest. */
export function byTrust(copies: readonly BackupCopy[]): readonly BackupCopy[] {
  const rank = ({ verified, path }: BackupCopy) => (verified?.ok === true ? 0 : 2) + (path === null ? 1 : 0)
  return [...copies].sort((a, b) => rank(a) - rank(b))
}

/** Opens a backup at the first of its copies that can be reached. Throws what the last one did. */
export async function openBackup(
  backup: Backup,
  options: {
    readonly catalog: Catalog
    readonly destinations: DestinationProfiles
    readonly encryption: Unsealing
    readonly cacheFolder: string
    readonly signal: AbortSignal
  },
): Promise<OpenBackup> {
  let last: unknown = new AppError('not-found', `${backup.name} has no copy that can be read.`)
  for (const copy of byTrust(backup.copies)) {
    try {
      return await openCopy(copy, options.catalog.manifestAt(backup.id, copy.destination), options)
    } catch (error) {
      if (options.signal.aborted) throw error
      last = error
    }
  }
  throw last
}

async function openCopy(
  copy: BackupCopy,
  manifest: OuterManifest,
  options: Parameters<typeof openBackup>[1],
): Promise<OpenBackup> {
  const { signal, cacheFolder, encryption } = options
  await using opening = new AsyncDisposableStack()
  const destination = opening.use(await options.destinations.connect(copy.destination, { signal }))
  const stem = stemOfArchive(copy.key)
  const { archive: source, index } = await openCopySource(destination, stem, { manifest, encryption, signal })
  const expect = { id: manifest.id, tree: manifest.archive.tree }
  const reader = opening.use(
    await openArchive({ source, index: index ?? undefined, expect, cacheFolder, signal }),
  )
  const opened = opening.move()
  return { reader, copy, backupId: manifest.id, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
