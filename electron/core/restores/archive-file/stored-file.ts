import { statfs, stat } from 'node:fs/promises'
import { AppError } from '../../../../shared/errors.ts'
import { openFileSource, type ByteSource } from '../../archive/byte-source.ts'
import { openSealed } from '../../archive/seal/sealed-source.ts'
import type { Clock } from '../../ports.ts'
import type { Encryption } from '../../encryption/encryption.ts'
import { compressionOf, isAge, magicLength, plainBytes, type Compression } from './compression.ts'
import { digestOf } from './import-cache.ts'

/** What is going on with an archive file, told 4 times a second at most. `bytes` are those of the file as it is stored. */
export type FileProgress = (progress: {
  readonly phase: 'looking' | 'checking' | 'unpacking'
  readonly bytes: number
  readonly totalBytes: number
}) => void

/** An archive file of this computer that is open for reading. */
export interface StoredFile extends AsyncDisposable {
  readonly path: string
  readonly source: ByteSource
  readonly compression: Compression
  readonly digest: string
  /** Throws `conflict` where the file was changed since it was opened. */
  expectUnchanged(): Promise<void>
  /** Its bytes without their compression. */
  plain(phase: Parameters<FileProgress>[0]['phase']): AsyncIterable<Buffer>
  /** Reports, if it is time. */
  report: FileProgress
}

const interval = 250

/** What opens encrypted files. */
export type FileKeys = Pick<Encryption, 'identities' | 'thread'>

interface StoredFileOptions {
  readonly clock: Clock
  readonly progress?: FileProgress | undefined
  readonly keys: FileKeys
  readonly signal: AbortSignal
}

/**
 * Opens a file; an encrypted one as what was encrypted. Throws `not-found`, `permission-denied`, `invalid-input` for what
 * is no file, `unsupported` for a form not read here, `key-missing` and `corrupt` as `openSealed`.
 */
export async function openStoredFile(
  path: string,
  { clock, progress, keys, signal }: StoredFileOptions,
): Promise<StoredFile> {
  await using opening = new AsyncDisposableStack()
  const file = opening.use(await openFileSource(path))
  const before = await stat(path)
  const headOf = (of: ByteSource) => of.read({ start: 0, end: Math.min(magicLength, of.size) }, { signal })
  const isSealed = isAge(await headOf(file))
  const identities = isSealed ? await keys.identities() : []
  const source = isSealed ? await openSealed(file, { identities, thread: keys.thread, signal }) : file
  const head = await headOf(source)
  const compression = compressionOf(head)
  const digest = await digestOf(source, { mtimeMs: before.mtimeMs, signal })
  let last = -Infinity
  const report: FileProgress = (now) => {
    if (progress === undefined || clock.monotonic() - last < interval) return
    last = clock.monotonic()
    progress(now)
  }
  async function* counted(phase: Parameters<FileProgress>[0]['phase']): AsyncGenerator<Buffer> {
    let bytes = 0
    for await (const chunk of source.stream(
      { start: 0, end: source.size },
      { signal },
    ) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      report({ phase, bytes, totalBytes: source.size })
      yield chunk
    }
  }
  const opened = opening.move()
  return {
    ...{ path, source, compression, digest, report },
    plain: (phase) => plainBytes(counted(phase), compression, { signal }),
    expectUnchanged: async () => {
      const now = await stat(path).catch(() => null)
      if (now?.mtimeMs === before.mtimeMs && now.size === before.size) return
      throw new AppError(
        'conflict',
        `${path} was changed while it was read. Nothing else was touched; try again when it is finished.`,
      )
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** By how much a file may grow when it is stored again: our compression is a fast one. */
const growth: Readonly<Record<Compression, number>> = { none: 1.1, gzip: 1.5, zstd: 2 }
const spare = 256 * 2 ** 20

/** Throws `no-space` where a folder has not the room that unpacking the file may need. */
export async function expectRoom(folder: string, { source, compression }: StoredFile): Promise<void> {
  const needed = Math.ceil(source.size * growth[compression]) + spare
  const { bavail, bsize } = await statfs(folder)
  if (needed <= bavail * bsize) return
  throw new AppError(
    'no-space',
    `Opening the archive may need ${needed} bytes in ${folder}, which has ${bavail * bsize}. The archive is untouched; free some space there.`,
    { details: { needed, free: bavail * bsize } },
  )
}
