import { AppError } from '../../../shared/errors.ts'
import { parseArchiveStem } from '../archive/name.ts'
import type { Destination, Key, StoredObject } from '../destinations/destination.ts'
import type { Clock, Log } from '../ports.ts'
import { keysOf, readState } from './stored-backup.ts'

/** How long nothing may have been written, before what another computer left is removed. */
const patience = 7 * 24 * 60 * 60 * 1000

/** An object of a backup: folders of a server and a source, the stem, and one of the endings that we make (FORMAT §1). */
const ours =
  /^([a-z0-9_][a-z0-9._-]*-[0-9a-f]{8}\/(?:accounts|sites|tenants|system)\/[^/]+)\/([^/]+?)\.(partial|claim(?:-[0-9a-f]{8})?|(?:tar\.gz|index\.gz)(?:\.age)?(?:\.(?:partial|claim(?:-[0-9a-f]{8})?))?|(?:manifest|state)\.json(?:\.[0-9a-f]{8}\.partial)?)$/

/** What lies there of one backup, by its endings. */
interface Pieces {
  readonly folder: string
  readonly stem: Key
  readonly name: NonNullable<ReturnType<typeof parseArchiveStem>>
  readonly objects: Map<string, StoredObject>
}

function piecesOf(objects: Iterable<StoredObject>): readonly Pieces[] {
  const found = new Map<Key, Pieces>()
  for (const object of objects) {
    const [, folder, stemName, ending] = ours.exec(object.key) ?? []
    if (folder === undefined || stemName === undefined || ending === undefined) continue
    const name = parseArchiveStem(stemName)
    if (name === null || !folder.endsWith(`/${name.source}`)) continue
    const stem = `${folder}/${stemName}`
    const pieces = found.get(stem) ?? { folder, stem, name, objects: new Map<string, StoredObject>() }
    pieces.objects.set(ending, object)
    found.set(stem, pieces)
  }
  return [...found.values()]
}

const isBackup = ({ objects }: Pieces) => objects.has('manifest.json')
const isWhole = ({ objects }: Pieces) => objects.has('tar.gz') || objects.has('tar.gz.age')

function isNewer(one: Pieces, other: Pieces): boolean {
  if (one.folder !== other.folder) return false
  if (one.name.date !== other.name.date) return one.name.date > other.name.date
  return one.name.number > other.name.number
}

interface Options {
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Removes what runs of other computers left at a destination and never finished (FORMAT §5): objects of our names
 * without a manifest, when nothing of that backup was written for seven days. `objects` is the fresh listing; each
 * object is looked at again just before it goes. A published archive may only have lost its manifest, so it goes only
 * where it was being deleted, or where it was never more than unfinished (no state) and a newer backup of the same
 * source is there. Returns the keys that were removed; a destination that allows no removing is logged and left.
 */
export async function removeLeftovers(
  destination: Destination,
  objects: Iterable<StoredObject>,
  { clock, log, signal }: Options,
): Promise<readonly Key[]> {
  const removed: Key[] = []
  const all = piecesOf(objects)
  const backups = all.filter(isBackup)
  const isOld = ({ modified }: StoredObject) => clock.now().getTime() - modified.getTime() > patience
  const mayGo = async (pieces: Pieces) => {
    if (isBackup(pieces) || ![...pieces.objects.values()].every(isOld)) return false
    if (pieces.objects.has('state.json'))
      return (await readState(destination, pieces.stem, { signal })).tombstone !== null
    return !isWhole(pieces) || backups.some((backup) => isNewer(backup, pieces))
  }
  const remove = async ({ key, size }: StoredObject, stem: Key) => {
    const now = await destination.stat(key, { signal })
    if (now?.size !== size || !isOld(now)) return
    if ((await destination.stat(keysOf(stem).manifest, { signal })) !== null) return
    await destination.delete(key, { signal })
    log.write('info', 'Removed what another computer left unfinished', {
      ...{ destination: destination.name, key, size, modified: now.modified.toISOString() },
    })
    removed.push(key)
  }
  for (const pieces of all) {
    try {
      if (!(await mayGo(pieces))) continue
      for (const [ending, object] of pieces.objects) {
        if (ending !== 'state.json') await remove(object, pieces.stem)
      }
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error
      log.write('warning', 'What another computer left unfinished could not be removed', {
        ...{ destination: destination.name, stem: pieces.stem, error: error.message },
      })
    }
  }
  return removed
}
