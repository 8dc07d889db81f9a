import { mkdir, open, type FileHandle } from 'node:fs/promises'
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

/** Makes a folder and the ones above it, durably. New folders get mode 0700. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}
