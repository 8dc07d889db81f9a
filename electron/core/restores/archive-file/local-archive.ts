import { open, type FileHandle } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { harmlessWarnings } from '../../../../shared/model/backup.ts'
import { ArchiveBody } from '../../archive/archive-body.ts'
import type { EntryMeta } from '../../archive/archive-writer.ts'
import { endLine, headLine } from '../../archive/index-lines.ts'
import { writeSpooled } from '../../archive/spooled-entry.ts'
import type { Clock } from '../../ports.ts'
import { writeFully } from '../../store/durable.ts'
import { storingError } from '../../store/file-error.ts'
import { type MemberOutput, streamOf } from './member-output.ts'

/** File names in the folder of a local archive. */
export const localNames = { archive: 'archive.tar.gz', index: 'index.gz' } as const

interface LocalArchiveOptions {
  /** An existing, empty folder. */
  readonly folder: string
  /** UUID for the index. */
  readonly id: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * An archive in our layout that lies on this computer only, with its index: the form in which a foreign archive is
 * browsed and restored from. It has neither `holdfast.json` nor a manifest, so nobody takes it for a complete one, and
 * its entries may come in any order. Throws `no-space` and `write-failed` for its own files.
 */
export class LocalArchive implements MemberOutput, AsyncDisposable {
  readonly #body: ArchiveBody
  readonly #files: readonly FileHandle[]

  private constructor(body: ArchiveBody, files: readonly FileHandle[]) {
    this.#body = body
    this.#files = files
  }

  static async create({ folder, id, clock, signal }: LocalArchiveOptions): Promise<LocalArchive> {
    await using opening = new AsyncDisposableStack()
    const archive = opening.use(await open(join(folder, localNames.archive), 'wx', 0o600))
    const index = opening.use(await open(join(folder, localNames.index), 'wx', 0o600))
    const body = new ArchiveBody({
      sink: (chunk) => store(archive, chunk),
      indexSink: (chunk) => store(index, chunk),
      level: 1,
      ...{ parallelism: Math.min(4, availableParallelism()), prove: false },
      spoolFolder: folder,
      clock,
      progress: undefined,
      isGap: (warning) => !harmlessWarnings.has(warning.code),
      signal,
    })
    body.index.line(headLine(id))
    opening.move()
    return new LocalArchive(body, [archive, index])
  }

  async plain(meta: EntryMeta): Promise<void> {
    await this.#body.write(meta, Buffer.alloc(0))
  }

  async whole(meta: EntryMeta, content: Buffer): Promise<void> {
    await this.#body.write({ ...meta, size: content.length }, content)
  }

  async file(meta: EntryMeta, content: AsyncIterable<Buffer>): Promise<void> {
    const { entries } = this.#body
    entries.begin(meta)
    try {
      for await (const chunk of content) {
        entries.data(chunk)
        if (this.#body.full) await this.#body.settle()
      }
    } catch (error) {
      if (!this.#body.broken) {
        const { written } = await entries.abandon()
        if (written !== null) this.#body.note(written)
      }
      throw error
    }
    this.#body.note(entries.end())
    if (this.#body.full) await this.#body.settle()
  }

  async unsized(meta: EntryMeta, content: AsyncIterable<Buffer>): Promise<number> {
    const entry = await writeSpooled(this.#body, {
      meta,
      body: streamOf(content),
      prove: () => Promise.resolve(),
    })
    this.#body.note(entry)
    await this.#body.settle()
    return entry.meta.size
  }

  /** Writes the end. Resolves to the tree of the segments, by which the index is found to belong to the archive. */
  async finish(): Promise<{ readonly tree: string; readonly size: number }> {
    const { cutter, output, index } = this.#body
    cutter.close()
    await this.#body.flush()
    const { size, segments, tree } = await output.finish()
    index.line(endLine({ entries: this.#body.entryCount, segments, size, tree }))
    await index.finish()
    return { tree, size }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#body[Symbol.asyncDispose]()
    for (const file of this.#files) await file.close()
  }
}

async function store(file: FileHandle, chunk: Uint8Array): Promise<void> {
  try {
    await writeFully(file, chunk)
  } catch (error) {
    throw storingError(
      error,
      'The archive could not be unpacked into the cache',
      'The archive itself is untouched.',
    )
  }
}
