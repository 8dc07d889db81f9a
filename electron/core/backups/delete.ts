import { AppError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { isPinned } from '../../../shared/pins.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import type { Ports } from '../ports.ts'
import type { Catalog } from './catalog.ts'
import { eachCopy } from './each-copy.ts'
import { bodyKeysOf, keysOf, readState } from './stored-backup.ts'

interface DeleteParts {
  readonly catalog: Catalog
  readonly destinations: DestinationProfiles
  readonly ports: Pick<Ports, 'clock'>
}

function pinned(backup: Backup): AppError {
  return new AppError('conflict', `${backup.name} is pinned, so it was not deleted. Unpin it first.`)
}

/**
 * Deletes the copies of a backup, all or those at one destination, and returns how many there were. The manifest goes
 * first: what is left of a copy after a failure is no backup any more. The state stays, so that the name is not used
 * again. Throws `conflict` for a pinned backup, also where another computer has pinned it meanwhile.
 */
export async function deleteBackup(
  { catalog, destinations, ports }: DeleteParts,
  backup: Backup,
  {
    destination: only = null,
    signal,
  }: { readonly destination?: string | null; readonly signal: AbortSignal },
): Promise<number> {
  const wanted = backup.copies.filter((copy) => only === null || copy.destination === only)
  const now = ports.clock.now()
  if (wanted.some((copy) => isPinned(copy, now))) {
    throw pinned(backup)
  }
  await eachCopy({ ...backup, copies: wanted }, { destinations, signal }, async ({ destination, stem }) => {
    if (isPinned(await readState(destination, stem, { signal }), now)) throw pinned(backup)
  })
  let copies = 0
  await eachCopy(
    { ...backup, copies: wanted },
    { destinations, signal },
    async ({ destination, stem, copy }) => {
      const { manifest, state } = keysOf(stem)
      const tombstone = {
        format: 1,
        pinned: false,
        pinnedUntil: null,
        checks: [],
        tombstone: { at: ports.clock.now().toISOString() },
      }
      await destination.put(state, Buffer.from(JSON.stringify(tombstone)), { signal, replace: true })
      for (const key of [manifest, ...bodyKeysOf(stem)]) await destination.delete(key, { signal })
      catalog.remove(backup.id, copy.destination)
      copies += 1
    },
  )
  return copies
}
