import { realpath, statfs } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ExtractReport } from '../../../shared/archive-contract.ts'
import { AppError, hasCode, throwIfCancelled } from '../../../shared/errors.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import { makeFolder } from '../store/durable.ts'
import { storingError } from '../store/file-error.ts'
import type { EntrySequence } from './entry-sequence.ts'
import { NameCollisions, nameRulesOf, placeEntry, type NameRules } from './extract-guard.ts'
import { ExtractFolder } from './extract-folder.ts'
import { checkVolume, volumeLimits, type VolumeLimits } from './extract-volume.ts'
import type { ListedEntry } from './index-cache.ts'
import { plainPath } from './index-cache-writer.ts'
import type { ArchiveReader } from './reader.ts'

interface ExtractOptions {
  /** Absolute path of the folder; it is made where it is missing. */
  readonly into: string
  readonly signal: AbortSignal
  /** For tests: how names behave here. */
  readonly rules?: NameRules
  readonly limits?: Partial<ExtractLimits>
}

interface ExtractLimits extends VolumeLimits {
  /** Bytes that stay free on the file system. */
  readonly spare: number
}

const quarterGibibyte = 2 ** 28

const listed = 1000

/**
 * Writes chosen entries of an archive below a local folder; all of them for an empty list. Nothing outside of the
 * folder is touched and nothing in it is replaced: no absolute paths or `..`, no way through links that lie there
 * already, every file made anew. Links and devices are not made here; a hard link becomes a copy. Setuid, setgid and
 * owners are dropped. What was not written, or under another name, is listed with the reason. Throws `not-found` for
 * an item that the archive has not, `corrupt` for one beyond the limits, `no-space`, `permission-denied`,
 * `cancelled`; what was written whole by then stays.
 */
export async function extractItems(
  reader: ArchiveReader,
  items: readonly Buffer[],
  options: ExtractOptions,
): Promise<ExtractReport> {
  const { into, signal, rules = nameRulesOf(process.platform) } = options
  const chosen = selection(reader, items)
  await makeFolder(into, { mode: 0o777 }).catch((error: unknown) => {
    throw storingError(error, `The folder ${into} cannot be made`, 'Nothing was written.')
  })
  const root = await realpath(into)
  await checkLimits(reader, chosen, { ...options, into: root })

  await using sequence = reader.sequence({ signal })
  const run = new Extraction({ reader, sequence, folder: new ExtractFolder(Buffer.from(root)), rules })
  for (const entry of chosen()) {
    throwIfCancelled(signal)
    await run.entry(entry)
  }
  run.specials(items)
  await run.folder.finish()
  return { into: root, ...run.report() }
}

type Selection = () => Iterable<ListedEntry>

function selection(reader: ArchiveReader, items: readonly Buffer[]): Selection {
  if (items.length === 0) return () => reader.entries()
  const tops = items.map((item) => {
    const entry = reader.stat(item)
    if (entry !== null) return entry
    throw new AppError('not-found', `The archive has no ${toRemoteName(item)}. Nothing was written.`)
  })
  if (tops.every(({ type }) => type !== 'directory')) {
    const files = new Map(tops.map((entry) => [entry.offset, entry]))
    return () => [...files.values()].sort((a, b) => a.offset - b.offset)
  }
  const wanted = within(items)
  return function* () {
    for (const entry of reader.entries()) if (wanted(entry.path)) yield entry
  }
}

/** Whether a path is one of the items, or below one. */
function within(items: readonly Buffer[]): (path: Buffer) => boolean {
  const tops = items.map((item) => plainPath(item).toString('latin1'))
  if (tops.length === 0 || tops.includes('')) return () => true
  return (path) => {
    const text = plainPath(path).toString('latin1')
    return tops.some((top) => text === top || text.startsWith(`${top}/`))
  }
}

async function checkLimits(
  reader: ArchiveReader,
  chosen: Selection,
  { into, limits }: ExtractOptions,
): Promise<void> {
  const { spare, ...volume } = { ...volumeLimits(reader.origin), spare: quarterGibibyte, ...limits }
  const bytes = checkVolume(chosen(), reader.storedBytes, volume)
  const { bavail, bsize } = await statfs(into)
  if (bytes + spare > bavail * bsize) {
    throw new AppError(
      'no-space',
      `${into} has not room for ${bytes} bytes. Nothing was written; free some space or take another folder.`,
    )
  }
}

interface ExtractionParts {
  readonly reader: ArchiveReader
  readonly sequence: EntrySequence
  readonly folder: ExtractFolder
  readonly rules: NameRules
}

/** One run: places, writes and counts. */
class Extraction {
  readonly folder: ExtractFolder
  readonly #reader: ArchiveReader
  readonly #sequence: EntrySequence
  readonly #rules: NameRules
  readonly #collisions: NameCollisions
  readonly #left: { path: string; why: string }[] = []
  #leftCount = 0
  #files = 0
  #folders = 0
  #bytes = 0

  constructor({ reader, sequence, folder, rules }: ExtractionParts) {
    this.folder = folder
    this.#reader = reader
    this.#sequence = sequence
    this.#rules = rules
    this.#collisions = new NameCollisions(rules)
  }

  async entry(entry: ListedEntry): Promise<void> {
    const placement = placeEntry(entry.path, this.#rules)
    if (placement.kind === 'refuse') {
      if (plainPath(entry.path).length > 0) this.#leave(entry.path, `${placement.why}, so it was not written`)
      return
    }
    if (entry.type === 'symlink') {
      const target = toRemoteName(entry.linkTarget ?? Buffer.alloc(0))
      this.#leave(entry.path, `it is a link to ${target}; links are not made on this computer`)
      return
    }
    const other = this.#collisions.claim(placement.names)
    if (other !== null) {
      this.#leave(entry.path, `this computer does not tell its name from ${other}, which was written`)
      return
    }
    const why =
      entry.type === 'directory'
        ? await this.#makeFolder(entry, placement.names)
        : await this.#makeFile(entry, placement.names)
    if (why !== null) this.#leave(entry.path, why)
    else if (placement.renamed) {
      const name = toRemoteName(
        Buffer.concat(placement.names.flatMap((part) => [Buffer.from('/'), part]).slice(1)),
      )
      this.#leave(entry.path, `its name cannot exist on this computer; it was written as ${name}`)
    }
  }

  /** Lists what an archive holds and no index has: sockets, FIFOs, devices. */
  specials(items: readonly Buffer[]): void {
    const wanted = within(items)
    for (const path of this.#reader.specials()) {
      if (wanted(path))
        this.#leave(path, 'it is a socket, FIFO or device; these are not made on this computer')
    }
  }

  report(): Omit<ExtractReport, 'into'> {
    return {
      files: this.#files,
      folders: this.#folders,
      bytes: this.#bytes,
      left: this.#left,
      leftCount: this.#leftCount,
    }
  }

  async #makeFolder(entry: ListedEntry, names: readonly Buffer[]): Promise<string | null> {
    const why = await this.folder.folder(names, entry)
    if (why === null) this.#folders += 1
    return why
  }

  async #makeFile(entry: ListedEntry, names: readonly Buffer[]): Promise<string | null> {
    try {
      const file = this.#reader.resolve(entry)
      if (file.type !== 'file')
        return `it is a hard link to a ${file.type}, which is not made on this computer`
      const { content } = await this.#sequence.open(file)
      const why = await this.folder.file(names, {
        ...entry,
        content: Readable.from(content, { objectMode: false }),
      })
      if (why !== null) return why
      this.#files += 1
      this.#bytes += file.size
      return null
    } catch (error) {
      if (hasCode(error, 'corrupt') && error instanceof AppError) return error.message
      throw error
    }
  }

  #leave(path: Buffer, why: string): void {
    this.#leftCount += 1
    if (this.#left.length < listed) this.#left.push({ path: toRemoteName(path), why })
  }
}
