import { mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { errnoOf } from './file-error.ts'

/** File systems that have no such thing (network shares, FUSE) say so with these; EIO is a failure everywhere. */
const cannotSyncFolders = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'])

/** Writes all bytes at the handle's position; a short write is continued, one that stands still is an error. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, null)
    if (bytesWritten === 0)
      throw new AppError('write-failed', 'The disk takes no more bytes without saying why.')
    done += bytesWritten
  }
}

/** Makes the names in a folder durable. Does nothing on Windows, whose folders cannot be flushed. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!cannotSyncFolders.has(errnoOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/**
 * Makes a folder and the ones above it, durably. Step by step, because Node's own `recursive` does not return where
 * the system refuses a name with ENOENT, as below /proc.
 * @throws `invalid-input` where something else has the name, and the system's own errors
 */
export async function makeFolder(folder: string, { mode = 0o700 } = {}): Promise<void> {
  if (await isFolder(folder)) return
  const parent = dirname(folder)
  await makeFolder(parent, { mode })
  try {
    await mkdir(folder, { mode })
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  await syncFolder(parent)
}

/** False where nothing has the name; also where a file stands in for a folder above it. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  })
  if (found?.isDirectory() === false)
    throw new AppError('invalid-input', `${path} is not a folder. Nothing was written; choose another path.`)
  return found !== null
}
