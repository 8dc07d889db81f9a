import type { Backup } from '../../../shared/model/backup.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import type { Catalog } from './catalog.ts'
import { eachCopy } from './each-copy.ts'
import { readState, writeState } from './stored-backup.ts'

/** Pins or unpins every copy of a backup; `until`: when a pin ends by itself, null for never. The pin lies beside the archive, so it outlives this computer. */
export async function pinBackup(
  { catalog, destinations }: { readonly catalog: Catalog; readonly destinations: DestinationProfiles },
  backup: Backup,
  {
    pinned,
    until = null,
    signal,
  }: { readonly pinned: boolean; readonly until?: string | null; readonly signal: AbortSignal },
): Promise<void> {
  await eachCopy(backup, { destinations, signal }, async ({ destination, stem }) => {
    const state = { ...(await readState(destination, stem, { signal })), pinned, pinnedUntil: until }
    await writeState(destination, stem, state, { signal })
    catalog.add(destination, stem, { manifest: catalog.manifestAt(backup.id, destination.name), state })
  })
}
