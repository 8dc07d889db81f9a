import { availableParallelism } from 'node:os'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import {
  harmlessWarnings,
  type ComponentKind,
  type InnerManifest,
  type OuterManifest,
  type Scope,
  type Skipped,
  type Warning,
} from '../../../shared/model/backup.ts'
import type { Clock } from '../ports.ts'
import { ArchiveBody } from './archive-body.ts'
import type { ArchiveProgress, ComponentWriter, EntryMeta } from './archive-writer.ts'
import { ArchiveComponent, listLimit } from './component-writer.ts'
import { endLine, headLine, warningLine } from './index-lines.ts'
import type { Sink } from './index-writer.ts'

/** The first entry of an archive. */
export interface Identity {
  readonly format: 1
  readonly needs: readonly string[]
  readonly id: string
  /** 32 hex digits, the same as in the manifest. */
  readonly nonce: string
  readonly source: InnerManifest['source']
  readonly server: string
  readonly scope: Scope
  /** Paths in the archive that it is limited to; absent for all that the scope means. */
  readonly only?: readonly string[]
  readonly startedAt: string
  readonly app: string
}

export interface ArchiveWriterOptions {
  readonly identity: Identity
  /** What `account.json` holds, or null. */
  readonly account: object | null
  /** What `credentials.json` holds, or null where it is left out. */
  readonly credentials: object | null
  /** Takes the archive's bytes in order. */
  readonly sink: Sink
  /** Takes the gzipped index's bytes in order. */
  readonly indexSink: Sink
  /** A folder for parts of dumps, sealed; it must exist. */
  readonly spoolFolder: string
  /** The highest deflate level, 0 to 9; default 4. */
  readonly level?: number
  /** Segments deflated at a time; default: processors, at most 4, as zlib has 4 threads. */
  readonly parallelism?: number
  /** Whether each segment is opened again before it goes out, because nobody will read the archive back; default no. */
  readonly prove?: boolean
  readonly progress?: ArchiveProgress
  /** Which warnings mean that something is missing; default: all but the harmless ones. */
  readonly isGap?: (warning: Warning) => boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A manifest as the caller makes it; the writer adds what it knows. */
export type ManifestDraft = Omit<InnerManifest, 'restart' | 'skipped' | 'skippedCount'>

/** What is left to write beside the archive: the outer manifest is `manifest`, `archive`, `index` and its copy. */
export interface FinishedArchive {
  readonly manifest: Omit<InnerManifest, 'restart'>
  readonly archive: OuterManifest['archive']
  readonly index: OuterManifest['index']
}

/** One archive while it is written. Dispose of it in any case; the sinks stay the caller's. */
export interface ArchiveWriter extends AsyncDisposable {
  /** Opens the next component; the one before must be closed. */
  component(kind: ComponentKind, name: string): ComponentWriter
  /** Notes a path that was left out on purpose, or for want of a right. */
  skip(item: Skipped): void
  /** Writes the manifest, the end of the archive and of the index. */
  finish(draft: ManifestDraft): Promise<FinishedArchive>
}

/**
 * Begins an archive (FORMAT §2–4). Bytes go to the sinks as they come about, with backpressure; memory does not
 * grow with entries. Equal input (bytes, identity, manifest) gives the same tar, and the same archive with the
 * same zlib and level. Errors are those of the sinks and the spool, `cancelled`, and `internal` for misuse.
 */
export async function createArchiveWriter(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
  const { identity, account, credentials, sink, indexSink, spoolFolder, clock, progress, signal } = options
  const { level = 4, parallelism = Math.min(4, availableParallelism()) } = options
  const isGap = options.isGap ?? ((warning: Warning) => !harmlessWarnings.has(warning.code))
  throwIfCancelled(signal)
  const body = new ArchiveBody({
    sink,
    indexSink,
    level,
    parallelism,
    prove: options.prove ?? false,
    spoolFolder,
    clock,
    progress,
    isGap,
    signal,
  })
  try {
    body.index.line(headLine(identity.id))
    const time = new Date(identity.startedAt)
    await writeJson(body, 'holdfast.json', identity, time)
    if (account) await writeJson(body, 'account.json', account, time)
    if (credentials) await writeJson(body, 'credentials.json', credentials, time, 0o600)
    body.cutter.cut()
    return new Writer(body, identity)
  } catch (error) {
    await body[Symbol.asyncDispose]()
    throw error
  }
}

class Writer implements ArchiveWriter {
  readonly #body: ArchiveBody
  readonly #identity: Identity
  readonly #skipped: Skipped[] = []
  #skippedCount = 0
  #state: 'between' | 'component' | 'finished' = 'between'

  constructor(body: ArchiveBody, identity: Identity) {
    this.#body = body
    this.#identity = identity
  }

  component(kind: ComponentKind, name: string): ComponentWriter {
    this.#expectBetween()
    this.#state = 'component'
    return new ArchiveComponent(this.#body, { kind, name }, () => {
      this.#state = 'between'
    })
  }

  skip(item: Skipped): void {
    this.#skippedCount += 1
    if (this.#skipped.length < listLimit) this.#skipped.push(item)
    this.#body.index.line(warningLine('skipped', item.path, item.why))
  }

  async finish(draft: ManifestDraft): Promise<FinishedArchive> {
    this.#expectBetween()
    throwIfCancelled(this.#body.options.signal)
    this.#state = 'finished'
    if (draft.id !== this.#identity.id || draft.nonce !== this.#identity.nonce) {
      throw misuse('ends with the manifest of another')
    }
    const { cutter, entries: written, output, index } = this.#body
    const time = new Date(draft.finishedAt)
    written.lead(jsonMeta('manifest.json', 0, time))
    await this.#body.flush()
    const manifest = { ...draft, skipped: this.#skipped, skippedCount: this.#skippedCount }
    const inner: InnerManifest = { ...manifest, restart: output.restart }
    await writeJson(this.#body, 'manifest.json', inner, time)
    cutter.close()
    await this.#body.flush()
    const archive = { ...(await output.finish()), entries: this.#body.entryCount }
    const { size, segments, tree, entries } = archive
    index.line(endLine({ entries, segments, size, tree }))
    return { manifest, archive, index: await index.finish() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#body[Symbol.asyncDispose]()
  }

  #expectBetween(): void {
    if (this.#state === 'component') throw misuse('has a component that is not closed')
    if (this.#state === 'finished') throw misuse('is finished already')
  }
}

async function writeJson(
  body: ArchiveBody,
  name: string,
  value: object,
  time: Date,
  mode = 0o644,
): Promise<void> {
  const content = Buffer.from(`${JSON.stringify(value)}\n`)
  await body.write(jsonMeta(name, content.length, time, mode), content)
}

function jsonMeta(name: string, size: number, time: Date, mode = 0o644): EntryMeta {
  return {
    path: Buffer.from(name),
    type: 'file',
    size,
    mode,
    uid: 0,
    gid: 0,
    uname: 'root',
    gname: 'root',
    mtime: BigInt(time.getTime()) * 1_000_000n,
  }
}

function misuse(what: string): AppError {
  return new AppError('internal', `The archive ${what}. Nothing that was stored is lost; please report this.`)
}
