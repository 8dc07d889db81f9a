import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ArchiveInspection } from '../../../../shared/model/archive-file.ts'
import { Id, Sha256 } from '../../../../shared/model/name.ts'
import type { ByteSource } from '../../archive/byte-source.ts'
import type { Clock } from '../../ports.ts'
import { writeFileAtomically } from '../../store/atomic-file.ts'
import { errnoOf } from '../../store/file-error.ts'
import { HashFacts } from './hash-facts.ts'

/** Raised whenever recognising or unpacking changes, so that older imports are made anew. */
const version = 1
const edge = 1024 * 1024
const dayMs = 24 * 3600 * 1000
/** How long an import that nobody opens is kept, and one that was never finished. */
const keptMs = { import: 14 * dayMs, unfinished: dayMs }
const recordName = 'record.json'
const unfinishedEnd = '.partial'

/** What is remembered of an archive file. */
export const ImportRecord = z.strictObject({
  inspection: ArchiveInspection,
  hashes: HashFacts,
  /** The archive that is read instead of the file, or for one of ours the file itself; null before it was first opened. */
  archive: z.strictObject({ id: Id, tree: Sha256 }).nullable(),
})
export type ImportRecord = z.infer<typeof ImportRecord>

/**
 * What names a file in the cache: a digest of its size, the time of its last change, and its first and last MiB. Its
 * path is no part of it, so that a file that was moved is found again.
 */
export async function digestOf(
  source: ByteSource,
  { mtimeMs, signal }: { readonly mtimeMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([version, source.size, mtimeMs]))
  hash.update(await source.read({ start: 0, end: Math.min(edge, source.size) }, { signal }))
  hash.update(await source.read({ start: Math.max(0, source.size - edge), end: source.size }, { signal }))
  return hash.digest('hex')
}

/** The id of the local archive that is made of the file of this digest. */
export function importId(digest: string): string {
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

/** The folder of what was made of archive files. Any of it may be deleted at any time that no archive is open. */
export class ImportCache {
  readonly #folder: string
  readonly #clock: Clock

  constructor(folder: string, { clock }: { readonly clock: Clock }) {
    this.#folder = folder
    this.#clock = clock
  }

  folderOf(digest: string): string {
    return join(this.#folder, digest)
  }

  /** What is remembered of the file, or null. */
  async read(digest: string): Promise<ImportRecord | null> {
    const path = join(this.folderOf(digest), recordName)
    try {
      const record = ImportRecord.parse(JSON.parse(await readFile(path, 'utf8')))
      const now = this.#clock.now()
      await utimes(path, now, now)
      return record
    } catch {
      return null
    }
  }

  async write(digest: string, record: ImportRecord): Promise<void> {
    await mkdir(this.folderOf(digest), { recursive: true, mode: 0o700 })
    await writeFileAtomically(join(this.folderOf(digest), recordName), JSON.stringify(record))
  }

  /**
   * Makes the import of a file in a folder of its own, which takes its place when `fill` has resolved to the record;
   * where another call was faster, that one's stays. Nothing is left of one that failed.
   */
  async make(digest: string, fill: (folder: string) => Promise<ImportRecord>): Promise<ImportRecord> {
    await this.#prune()
    const unfinished = join(this.#folder, `${randomUUID()}${unfinishedEnd}`)
    await mkdir(unfinished, { recursive: true, mode: 0o700 })
    try {
      const record = await fill(unfinished)
      await writeFileAtomically(join(unfinished, recordName), JSON.stringify(record))
      return (await this.#publish(unfinished, digest)) ?? record
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true })
      throw error
    }
  }

  async #publish(unfinished: string, digest: string): Promise<ImportRecord | null> {
    const place = this.folderOf(digest)
    const there = await this.read(digest)
    if (there?.archive != null) {
      await rm(unfinished, { recursive: true, force: true })
      return there
    }
    await rm(place, { recursive: true, force: true })
    try {
      await rename(unfinished, place)
      return null
    } catch (error) {
      const other = await this.read(digest)
      if (other === null || !['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
      await rm(unfinished, { recursive: true, force: true })
      return other
    }
  }

  /** Removes what nobody used for long. */
  async #prune(): Promise<void> {
    const now = this.#clock.now().getTime()
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const folder = join(this.#folder, name)
      const unfinished = name.endsWith(unfinishedEnd)
      const used = await stat(unfinished ? folder : join(folder, recordName)).catch(() => null)
      const age = now - (used?.mtimeMs ?? 0)
      if (age > (unfinished ? keptMs.unfinished : keptMs.import))
        await rm(folder, { recursive: true, force: true })
    }
  }
}
