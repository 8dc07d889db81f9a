import { open, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import { errnoOf } from '../store/file-error.ts'
import type { Key, Range } from './destination.ts'

const chunkSize = 256 * 1024

function missing(key: Key, cause?: unknown): AppError {
  return new AppError('not-found', `There is no ${key} at this destination. Nothing was changed.`, { cause })
}

function cut(key: Key, size: number, wanted: number): AppError {
  return new AppError(
    'corrupt',
    `${key} ends at byte ${size}, but byte ${wanted} was asked for: this copy was cut. Use another copy.`,
    { details: { size, wanted } },
  )
}

/** The error of a failed read; nothing was being stored, so the words differ from those of a failed write. */
function readError(error: unknown, key: Key): AppError {
  if (error instanceof AppError) return error
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return missing(key, error)
    case 'EACCES':
    case 'EPERM':
      return new AppError('permission-denied', `${key} may not be read. Check the owner of the file.`, {
        cause: error,
      })
    default:
      return new AppError('corrupt', `${key} could not be read from the disk. Use another copy.`, {
        cause: error,
      })
  }
}

/**
 * Streams a file or a range of it. The stream fails with `corrupt` where the file ends early, and with the signal's
 * reason where that is aborted.
 * @throws `not-found`, `permission-denied`, `corrupt`, `cancelled`
 */
export async function readLocal(
  path: string,
  key: Key,
  { signal, range }: { readonly signal: AbortSignal; readonly range?: Range },
): Promise<Readable> {
  throwIfCancelled(signal)
  const { handle, start, end } = await openRange(path, key, range)
  const stream = Readable.from(chunks(handle, key, start, end), {
    objectMode: false,
    highWaterMark: chunkSize,
  })
  const cancel = () => stream.destroy(cancellation(signal))
  signal.addEventListener('abort', cancel, { once: true })
  stream.once('close', () => {
    signal.removeEventListener('abort', cancel)
    handle.close().catch(() => undefined)
  })
  return stream
}

async function openRange(path: string, key: Key, range: Range | undefined) {
  let handle: FileHandle | null = null
  try {
    handle = await open(path, 'r')
    const facts = await handle.stat()
    if (!facts.isFile()) throw missing(key)
    const { start, end } = range ?? { start: 0, end: facts.size }
    if (!(start >= 0 && start <= end)) {
      throw new AppError('invalid-input', `${start} to ${end} is not a range of bytes. Nothing was read.`)
    }
    if (end > facts.size) throw cut(key, facts.size, end)
    return { handle, start, end }
  } catch (error) {
    await handle?.close()
    throw readError(error, key)
  }
}

async function* chunks(handle: FileHandle, key: Key, start: number, end: number): AsyncGenerator<Buffer> {
  let position = start
  while (position < end) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkSize, end - position))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position).catch((error: unknown) => {
      throw readError(error, key)
    })
    if (bytesRead === 0) throw cut(key, position, end)
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
