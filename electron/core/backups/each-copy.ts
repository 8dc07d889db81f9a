import type { Backup, BackupCopy } from '../../../shared/model/backup.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import { stemOfArchive } from './stored-backup.ts'

/** One copy with its destination open. */
export interface CopyAt {
  readonly copy: BackupCopy
  readonly destination: Destination
  readonly stem: Key
}

/** Does something at each copy of a backup, one after the other. */
export async function eachCopy(
  backup: Backup,
  {
    destinations,
    signal,
  }: { readonly destinations: Pick<DestinationProfiles, 'connect'>; readonly signal: AbortSignal },
  act: (at: CopyAt) => Promise<void>,
): Promise<void> {
  for (const copy of backup.copies) {
    await using destination = await destinations.connect(copy.destination, { signal })
    await act({ copy, destination, stem: stemOfArchive(copy.key) })
  }
}
