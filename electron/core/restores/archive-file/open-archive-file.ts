import { isAbsolute, join } from 'node:path'
import { AppError } from '../../../../shared/errors.ts'
import type { ArchiveInspection } from '../../../../shared/model/archive-file.ts'
import { openFileSource } from '../../archive/byte-source.ts'
import { openArchive, type ArchiveReader } from '../../archive/reader.ts'
import type { Clock } from '../../ports.ts'
import { Budget, foreignLimits, type BudgetLimits } from './budget.ts'
import type { HashFacts } from './hash-facts.ts'
import { ImportCache, importId, type ImportRecord } from './import-cache.ts'
import { Intake } from './intake.ts'
import { LocalArchive, localNames } from './local-archive.ts'
import { type MemberOutput, nowhere } from './member-output.ts'
import { checkOwn } from './own-archive.ts'
import { recognise } from './recognise.ts'
import {
  expectRoom,
  openStoredFile,
  type FileKeys,
  type FileProgress,
  type StoredFile,
} from './stored-file.ts'

export interface ArchiveFileOptions {
  /** Folder for what is made of archive files; it may be deleted at any time that no archive is open. */
  readonly cacheFolder: string
  readonly clock: Clock
  readonly progress?: FileProgress | undefined
  /** What opens an encrypted file. */
  readonly keys: FileKeys
  /** For tests: when an archive is taken for a bomb. */
  readonly limits?: BudgetLimits
  readonly signal: AbortSignal
}

/** An archive that the user brought, open for browsing, extracting and restoring, in our layout whoever made it. */
export interface OpenArchiveFile extends AsyncDisposable {
  readonly inspection: ArchiveInspection
  readonly hashes: HashFacts
  readonly reader: ArchiveReader
}

/**
 * Finds out what an archive file is and what is in it, by its content and never by its name. The file is read whole,
 * twice for one that is not ours; nothing is written but a note in the cache. Throws `not-found`, `invalid-input` for
 * what is no archive, `unsupported` with the command that converts it, `corrupt` for a bomb, `conflict` where the file
 * changes meanwhile, `key-missing` for an encrypted one that no key here opens.
 */
export async function inspectArchiveFile(
  path: string,
  options: ArchiveFileOptions,
): Promise<ArchiveInspection> {
  await using file = await openStored(path, options)
  const cache = cacheOf(options)
  const known = await cache.read(file.digest)
  if (known !== null) return { ...known.inspection, path }
  const own = await checkOwn(file, options)
  const record =
    own?.record ?? (await foreignRecord(file, nowhere, { ...options, faults: own?.faults ?? [] }))
  await file.expectUnchanged()
  await cache.write(file.digest, record)
  return { ...record.inspection, path }
}

/**
 * Opens an archive file. One of ours that is whole is read where it lies; any other is unpacked once into a local archive
 * of our own layout, which is found again as long as the file stays as it is. Throws what `inspectArchiveFile` throws, and
 * `no-space` and `write-failed` for the cache.
 */
export async function openArchiveFile(path: string, options: ArchiveFileOptions): Promise<OpenArchiveFile> {
  await using opening = new AsyncDisposableStack()
  const file = opening.use(await openStored(path, options))
  const cache = cacheOf(options)
  const known = await cache.read(file.digest)
  const own = known === null ? await checkOwn(file, options) : null
  const record = own?.record ?? known ?? null
  const opened =
    record !== null && record.inspection.kind === 'holdfast'
      ? await openOwn(opening, file, record, cache, options)
      : await openForeign(opening, file, known, { ...options, faults: own?.faults ?? [] }, cache)
  const held = opening.move()
  return { ...opened, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

type Opened = Omit<OpenArchiveFile, typeof Symbol.asyncDispose>
type ForeignOptions = ArchiveFileOptions & { readonly faults: readonly string[] }

async function openOwn(
  opening: AsyncDisposableStack,
  file: StoredFile,
  record: ImportRecord,
  cache: ImportCache,
  { signal }: ArchiveFileOptions,
): Promise<Opened> {
  const { source, digest, path } = file
  const cacheFolder = cache.folderOf(digest)
  const expect = record.archive ?? undefined
  const reader = opening.use(await openArchive({ source, expect, cacheFolder, signal }))
  if (record.archive === null) {
    await file.expectUnchanged()
    await cache.write(digest, { ...record, archive: { id: reader.id, tree: reader.tree } })
  }
  return { reader, inspection: { ...record.inspection, path }, hashes: record.hashes }
}

async function openForeign(
  opening: AsyncDisposableStack,
  file: StoredFile,
  known: ImportRecord | null,
  options: ForeignOptions,
  cache: ImportCache,
): Promise<Opened> {
  const made =
    known?.archive == null
      ? await unpack(file, cache, { ...options, faults: known?.inspection.faults ?? options.faults })
      : known
  const folder = cache.folderOf(file.digest)
  if (made.archive === null)
    throw new AppError('internal', 'An archive was unpacked without a trace of it; try again.')
  const source = opening.use(await openFileSource(join(folder, localNames.archive)))
  const index = opening.use(await openFileSource(join(folder, localNames.index)))
  const reader = opening.use(
    await openArchive({ source, index, expect: made.archive, cacheFolder: folder, signal: options.signal }),
  )
  return { reader, inspection: { ...made.inspection, path: file.path }, hashes: made.hashes }
}

function unpack(file: StoredFile, cache: ImportCache, options: ForeignOptions): Promise<ImportRecord> {
  return cache.make(file.digest, async (folder) => {
    await expectRoom(folder, file)
    const id = importId(file.digest)
    await using archive = await LocalArchive.create({
      folder,
      id,
      clock: options.clock,
      signal: options.signal,
    })
    const record = await foreignRecord(file, archive, options)
    const { tree } = await archive.finish()
    await file.expectUnchanged()
    return { ...record, archive: { id, tree } }
  })
}

/** Recognises an archive and sends its entries to the output. */
async function foreignRecord(
  file: StoredFile,
  output: MemberOutput,
  options: ForeignOptions,
): Promise<ImportRecord> {
  const { signal, limits = foreignLimits, faults } = options
  const { path, source, compression } = file
  const recognised = await recognise(file.plain('looking'), {
    budget: new Budget(source.size, limits),
    signal,
  })
  const intake = new Intake({ recognised, output, budget: new Budget(source.size, limits), signal })
  for (const fault of faults) intake.tally.fault(fault)
  await intake.take(file.plain('unpacking'), null)
  const hashes = intake.hashes.facts()
  const { kind, evidence, user } = recognised.layout
  return {
    inspection: {
      ...{ path, compression, kind, user, size: source.size, evidence: [...evidence] },
      ...{ complete: false, trusted: false, ...intake.tally.lists() },
      hashes: {
        unix: hashes.unix.length,
        mailboxes: hashes.mailboxes.length,
        databases: hashes.databases.length,
      },
    },
    hashes,
    archive: null,
  }
}

function cacheOf({ cacheFolder, clock }: ArchiveFileOptions): ImportCache {
  return new ImportCache(join(cacheFolder, 'imports'), { clock })
}

function openStored(path: string, options: ArchiveFileOptions): Promise<StoredFile> {
  if (!isAbsolute(path))
    throw new AppError('invalid-input', `${path} is not an absolute path. Nothing was read.`)
  return openStoredFile(path, options)
}
