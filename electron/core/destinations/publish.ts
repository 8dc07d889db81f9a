import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { syncFolder } from '../store/durable.ts'
import { errnoOf } from '../store/file-error.ts'

/** What file systems without hard links answer (FAT, some network shares; EISDIR is Windows on exFAT). */
const cannotLink = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR', 'EINVAL'])

/**
 * Gives a finished file its name, durably, and never replaces one: by hard link; where the file system has none, by
 * creating the name exclusively and renaming onto that empty file. A crash between those two leaves an empty file,
 * which counts as unfinished because no manifest names it.
 * @throws `conflict` where the name exists; the system's own error otherwise, and then the name does not stay
 */
export async function publish(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw nameTaken(to, error)
    if (!cannotLink.has(errnoOf(error) ?? '')) throw error
    await publishByRename(from, to)
  }
  try {
    await syncFolder(dirname(to))
  } catch (error) {
    await rm(to, { force: true }).catch(() => undefined)
    throw error
  }
  await rm(from, { force: true }).catch(() => undefined)
}

async function publishByRename(from: string, to: string): Promise<void> {
  try {
    await (await open(to, 'wx', 0o600)).close()
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? nameTaken(to, error) : error
  }
  try {
    await rename(from, to)
  } catch (error) {
    await rm(to, { force: true }).catch(() => undefined)
    throw error
  }
}

function nameTaken(path: string, cause: unknown): AppError {
  return new AppError('conflict', `${path} exists already. It was left as it is: choose another name.`, {
    cause,
    details: { path },
  })
}
