import { Readable } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'
import type { Backup, BackupCopy, OuterManifest } from '../../../shared/model/backup.ts'
import type { ByteRange, ByteSource } from '../archive/byte-source.ts'
import { openArchive, type ArchiveReader } from '../archive/reader.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import { keysOf } from './stored-backup.ts'

async function readFully(stream: Readable, { start, end }: ByteRange): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (bytes.length === end - start) return bytes
  throw new AppError(
    'corrupt',
    `The copy gave ${bytes.length} bytes where ${end - start} are stored. Use another copy.`,
  )
}

/** An object at a destination as something to read anywhere in. Throws `not-found`. The destination stays the caller's. */
export async function objectSource(
  destination: Destination,
  key: Key,
  { signal }: { readonly signal: AbortSignal },
): Promise<ByteSource> {
  const stored = await destination.stat(key, { signal })
  if (!stored)
    throw new AppError(
      'not-found',
      `${key} is not at ${destination.name} any more. Other copies are untouched.`,
    )
  return {
    size: stored.size,
    read: async (range, options) => readFully(await destination.get(key, { ...options, range }), range),
    stream: (range, options) => {
      async function* chunks(): AsyncGenerator<Buffer> {
        yield* (await destination.get(key, { ...options, range })) as AsyncIterable<Buffer>
      }
      return Readable.from(chunks(), { objectMode: false })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** A backup's archive that is open for looking into it. */
export interface OpenBackup extends AsyncDisposable {
  readonly reader: ArchiveReader
  readonly copy: BackupCopy
  readonly backupId: string
}

/** The copies of a backup, those found good first, then those that are nearest. */
export function byTrust(copies: readonly BackupCopy[]): readonly BackupCopy[] {
  const rank = ({ verified, path }: BackupCopy) => (verified?.ok === true ? 0 : 2) + (path === null ? 1 : 0)
  return [...copies].sort((a, b) => rank(a) - rank(b))
}

/** Opens a backup at the first of its copies that can be reached. Throws what the last one did. */
export async function openBackup(
  backup: Backup,
  manifest: OuterManifest,
  options: {
    readonly destinations: DestinationProfiles
    readonly cacheFolder: string
    readonly signal: AbortSignal
  },
): Promise<OpenBackup> {
  let last: unknown = new AppError('not-found', `${backup.name} has no copy that can be read.`)
  for (const copy of byTrust(backup.copies)) {
    try {
      return await openCopy(copy, manifest, options)
    } catch (error) {
      if (options.signal.aborted) throw error
      last = error
    }
  }
  throw last
}

async function openCopy(
  copy: BackupCopy,
  manifest: OuterManifest,
  options: Parameters<typeof openBackup>[2],
): Promise<OpenBackup> {
  const { signal, cacheFolder } = options
  await using opening = new AsyncDisposableStack()
  const destination = opening.use(await options.destinations.connect(copy.destination, { signal }))
  const keys = keysOf(copy.key.replace(/\.tar\.gz$/, ''))
  const source = await objectSource(destination, keys.archive, { signal })
  const indexThere = (await destination.stat(keys.index, { signal })) !== null
  const index = indexThere ? await objectSource(destination, keys.index, { signal }) : undefined
  const expect = { id: manifest.id, tree: manifest.archive.tree }
  const reader = opening.use(await openArchive({ source, index, expect, cacheFolder, signal }))
  const opened = opening.move()
  return { reader, copy, backupId: manifest.id, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
