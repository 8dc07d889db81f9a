import type { Destination, Key, StoredObject } from '../destinations/destination.ts'
import type { Clock, Log } from '../ports.ts'
import type { Catalog, Unreadable } from './catalog.ts'
import { removeLeftovers } from './leftovers.ts'

/** What reading a destination came to. */
export interface DestinationRead {
  readonly unreadable: readonly Unreadable[]
  /** Keys of what other computers had left unfinished long ago. */
  readonly removed: readonly Key[]
}

/** Lists a destination, removes old leftovers there, and reads what is left into the catalog. */
export async function readDestination(
  destination: Destination,
  parts: { readonly catalog: Catalog; readonly clock: Pick<Clock, 'now'>; readonly log: Log },
  options: { readonly signal: AbortSignal },
): Promise<DestinationRead> {
  const objects = new Map<Key, StoredObject>()
  for await (const object of destination.list('', options)) objects.set(object.key, object)
  const removed = await removeLeftovers(destination, objects.values(), { ...parts, ...options })
  for (const key of removed) objects.delete(key)
  const unreadable = await parts.catalog.scan(destination, new Set(objects.keys()), options)
  return { unreadable, removed }
}
