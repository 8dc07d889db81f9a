import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'

/** Bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Stored bytes that a reader can look into anywhere: a file here, or an object at a destination. They must not
 * change while the source is open. Errors are `AppError`; fewer bytes than asked for are `corrupt`, never a short
 * answer.
 */
export interface ByteSource extends AsyncDisposable {
  /** Bytes in all. */
  readonly size: number
  /** Exactly the bytes of the range, in memory that is the caller's alone. */
  read(range: ByteRange, options: { readonly signal: AbortSignal }): Promise<Buffer>
  /** The same as a stream; destroy it to stop early. */
  stream(range: ByteRange, options: { readonly signal: AbortSignal }): Readable
}

/** Bytes that are asked for at once while streaming. */
const chunkSize = 1024 * 1024

/** Opens a regular file of this computer. Throws `not-found`, `permission-denied` or `invalid-input`. */
export async function openFileSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw openError(path, cause)
  })
  const facts = await handle.stat()
  if (!facts.isFile()) {
    await handle.close()
    throw new AppError('invalid-input', `${path} is not a file; name the archive itself.`)
  }
  return rangeSource(facts.size, {
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    close: () => handle.close(),
  })
}

/** The bytes of a buffer. */
export function bufferSource(bytes: Buffer): ByteSource {
  return rangeSource(bytes.length, {
    read: (buffer, position) => Promise.resolve(bytes.copy(buffer, 0, position)),
    close: () => Promise.resolve(),
  })
}

interface RandomAccess {
  /** Fills as much of the buffer as it can and returns how much; 0 at the end. */
  read(buffer: Buffer, position: number): Promise<number>
  close(): Promise<void>
}

function rangeSource(size: number, access: RandomAccess): ByteSource {
  const read = async ({ start, end }: ByteRange, { signal }: { signal: AbortSignal }): Promise<Buffer> => {
    if (start < 0 || end < start || end > size) throw cutShort(size, end)
    const bytes = Buffer.allocUnsafeSlow(end - start)
    for (let filled = 0; filled < bytes.length;) {
      throwIfCancelled(signal)
      const got = await access.read(bytes.subarray(filled), start + filled)
      if (got === 0) throw cutShort(start + filled, end)
      filled += got
    }
    return bytes
  }
  async function* chunks({ start, end }: ByteRange, signal: AbortSignal): AsyncGenerator<Buffer> {
    for (let at = start; at < end; at += chunkSize) {
      yield await read({ start: at, end: Math.min(end, at + chunkSize) }, { signal })
    }
  }
  return {
    size,
    read,
    stream: (range, { signal }) => Readable.from(chunks(range, signal), { objectMode: false }),
    [Symbol.asyncDispose]: () => access.close(),
  }
}

function cutShort(have: number, wanted: number): AppError {
  return new AppError(
    'corrupt',
    `The stored bytes end at ${have} where ${wanted} are needed; the copy is cut. Use another copy.`,
    { details: { have, wanted } },
  )
}

function openError(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('not-found', `There is no file ${path}.`, { cause })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('permission-denied', `This user may not read ${path}.`, { cause })
  }
  return new AppError('unreachable', `${path} could not be opened; nothing was changed.`, { cause })
}
