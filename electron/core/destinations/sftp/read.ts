import { Readable } from 'node:stream'
import { AppError, cancellation } from '../../../../shared/errors.ts'
import type { Key, Range } from '../destination.ts'
import type { Handle, Remote } from './remote.ts'
import type { SftpSession } from './session.ts'

/** What servers take in one request without cutting it (OpenSSH: 256 KiB, others 32). */
const pieceSize = 32 * 1024
/** So many requests are on their way: 2 MiB, enough for 100 Mbit/s over 150 ms. */
const inFlight = 64

type Cancellable = { readonly signal: AbortSignal }

interface OpenFile {
  readonly remote: Remote
  readonly handle: Handle
  readonly size: number
}

interface Piece {
  readonly start: number
  readonly end: number
  readonly bytes: Promise<Buffer>
}

function cut(key: Key, size: number, wanted: number): AppError {
  return new AppError(
    'corrupt',
    `${key} ends at byte ${size}, but byte ${wanted} was asked for: this copy was cut. Use another copy.`,
    { details: { size, wanted } },
  )
}

async function openFile(session: SftpSession, key: Key, options: Cancellable): Promise<OpenFile> {
  const absent = () =>
    new AppError('not-found', `There is no ${key} at ${session.profile.name}. Nothing was changed.`)
  return session.run(
    `Could not read ${key}`,
    async (remote) => {
      const there = await remote.lstat(session.path(key))
      if (there?.isFile() !== true) throw absent()
      const handle = await remote.open(session.path(key), 'r')
      return { remote, handle, size: (await remote.fstat(handle)).size }
    },
    options,
  )
}

/**
 * Streams a file or a range of it; goes on where it was after a broken connection. The stream fails with `corrupt`
 * where the file ends early, and with the signal's reason where that is aborted.
 */
export async function readRemote(
  session: SftpSession,
  key: Key,
  { signal, range }: Cancellable & { readonly range?: Range },
): Promise<Readable> {
  const file = await openFile(session, key, { signal })
  const { start, end } = range ?? { start: 0, end: file.size }
  const close = () => file.remote.close(file.handle).catch(() => undefined)
  if (!(start >= 0 && start <= end)) {
    await close()
    throw new AppError('invalid-input', `${start} to ${end} is not a range of bytes. Nothing was read.`)
  }
  if (end > file.size) {
    await close()
    throw cut(key, file.size, end)
  }
  const stream = Readable.from(pieces(session, key, { file, start, end, signal }), {
    objectMode: false,
    highWaterMark: pieceSize,
  })
  const cancel = () => stream.destroy(cancellation(signal))
  signal.addEventListener('abort', cancel, { once: true })
  return stream.once('close', () => signal.removeEventListener('abort', cancel))
}

async function* pieces(
  session: SftpSession,
  key: Key,
  options: Range & Cancellable & { readonly file: OpenFile },
): AsyncGenerator<Buffer> {
  const { signal, end } = options
  let { file, start } = options
  const ahead: Piece[] = []
  let next = start
  const ask = (from: number, to: number): Piece => {
    const bytes = file.remote.read(file.handle, to - from, from)
    bytes.catch(() => undefined)
    return { start: from, end: to, bytes }
  }
  try {
    while (start < end) {
      while (ahead.length < inFlight && next < end) {
        const to = Math.min(next + pieceSize, end)
        await session.limit(to - next, { signal })
        ahead.push(ask(next, to))
        next = to
      }
      const piece = ahead.shift()
      if (piece === undefined) throw new AppError('internal', 'A read had nothing to wait for.')
      let bytes: Buffer
      try {
        bytes = await piece.bytes
      } catch (error) {
        if (!file.remote.isLost) throw await session.explain(error, `Could not read ${key}`)
        file = await openFile(session, key, { signal })
        ahead.length = 0
        next = start
        continue
      }
      if (bytes.length === 0) throw cut(key, start, end)
      start += bytes.length
      if (start < piece.end) ahead.unshift(ask(start, piece.end))
      yield bytes
    }
  } finally {
    await file.remote.close(file.handle).catch(() => undefined)
  }
}
