import { throwIfCancelled } from '../../../../shared/errors.ts'
import type { StoredObject } from '../destination.ts'
import { isKey } from '../key.ts'
import { refusedWith } from './remote.ts'
import type { SftpSession } from './session.ts'

type Cancellable = { readonly signal: AbortSignal }

interface Entry {
  /** Of a folder with a `/` behind it, so that sorting the names sorts the keys below too. */
  readonly name: string
  readonly size: number
  readonly modified: Date
}

async function entriesOf(session: SftpSession, folder: string, options: Cancellable): Promise<Entry[]> {
  const path = folder === '' ? session.path() : session.path(folder.slice(0, -1))
  const found = await session.run(
    `Could not list ${path}`,
    (remote) =>
      remote.readdir(path).catch((error: unknown) => {
        if (refusedWith(error, 'noSuchFile')) return []
        throw error
      }),
    options,
  )
  return found
    .filter(
      ({ filename, attrs }) =>
        filename !== '.' && filename !== '..' && (attrs.isDirectory() || attrs.isFile()),
    )
    .map(({ filename, attrs }) => ({
      name: attrs.isDirectory() ? `${filename}/` : filename,
      size: attrs.size,
      modified: new Date(attrs.mtime * 1000),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * All plain files whose key begins with `prefix`, in the byte order of their keys. Links are not followed; names that
 * are no keys are somebody else's files and are passed over. One folder is in memory at a time and level.
 */
export async function* walkRemote(
  session: SftpSession,
  prefix: string,
  options: Cancellable,
  folder = '',
): AsyncGenerator<StoredObject> {
  for (const { name, size, modified } of await entriesOf(session, folder, options)) {
    throwIfCancelled(options.signal)
    const key = folder + name
    if (name.endsWith('/')) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walkRemote(session, prefix, options, key)
    } else if (key.startsWith(prefix) && isKey(key)) yield { key, size, modified }
  }
}
