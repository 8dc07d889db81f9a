import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfCancelled } from '../../../shared/errors.ts'
import { errnoOf } from '../store/file-error.ts'
import type { StoredObject } from './destination.ts'
import { isKey } from './key.ts'

/** What there is under the path; null where there is nothing, or no plain file. */
export async function statLocal(path: string, key: string): Promise<StoredObject | null> {
  try {
    const facts = await lstat(path)
    return facts.isFile() ? { key, size: facts.size, modified: facts.mtime } : null
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  }
}

/**
 * All plain files below `root` whose key begins with `prefix`, in the byte order of their keys. Links are not
 * followed; names that are no keys are somebody else's files and are passed over. One folder is in memory at a time
 * and level.
 */
export async function* walk(
  root: string,
  prefix: string,
  options: { readonly signal: AbortSignal },
  folder = '',
): AsyncGenerator<StoredObject> {
  throwIfCancelled(options.signal)
  for (const name of await orderedNames(join(root, folder))) {
    const key = folder + name
    if (name.endsWith('/')) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walk(root, prefix, options, key)
    } else if (key.startsWith(prefix) && isKey(key)) {
      const found = await statLocal(join(root, key), key)
      if (found !== null) yield found
    }
  }
}

/** Names of files, and of folders with a `/` behind them, so that sorting them sorts the keys below too. */
async function orderedNames(folder: string): Promise<string[]> {
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
  return entries
    .flatMap((entry) => (entry.isDirectory() ? [`${entry.name}/`] : entry.isFile() ? [entry.name] : []))
    .sort((a, b) => (a < b ? -1 : 1))
}
