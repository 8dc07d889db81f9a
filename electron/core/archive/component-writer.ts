import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import type { ComponentKind, ComponentSummary, Warning } from '../../../shared/model/backup.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import type { ArchiveBody } from './archive-body.ts'
import type {
  ComponentOutcome,
  ComponentWriter,
  EntryMeta,
  SpooledBody,
  TarOptions,
  TarTally,
} from './archive-writer.ts'
import type { WrittenEntry } from './entry-output.ts'
import { partLine, warningLine } from './index-lines.ts'
import { releaseFilled } from '../release.ts'
import { writeSpooled } from './spooled-entry.ts'
import { TarIntake } from './tar-intake.ts'
import { TarWalk } from './tar/walk.ts'

/** Lists in a manifest are cut here; all of it is in the index (FORMAT §4). */
export const listLimit = 1000

export interface ComponentIdentity {
  readonly kind: ComponentKind
  readonly name: string
}

/** Writes one component. Begins and ends a segment. `closed` is called once, when another may be opened. */
export class ArchiveComponent implements ComponentWriter {
  readonly kind: ComponentKind
  readonly name: string
  readonly #body: ArchiveBody
  readonly #closed: () => void
  readonly #lines = createHash('sha256')
  readonly #warnings: Warning[] = []
  readonly #firstSegment: number
  #warningCount = 0
  #gaps = 0
  #items = 0
  #bytes = 0
  #last: WrittenEntry | null = null
  #busy = false
  #done = false

  constructor(body: ArchiveBody, { kind, name }: ComponentIdentity, closed: () => void) {
    this.kind = kind
    this.name = name
    this.#body = body
    this.#closed = closed
    body.cutter.cut()
    this.#firstSegment = body.cutter.next
  }

  entry(meta: EntryMeta, content: Buffer): Promise<void> {
    return this.#alone(async () => {
      this.#count(await this.#body.write(meta, content))
    })
  }

  tar(stream: Readable, options: TarOptions): Promise<TarTally> {
    return this.#alone(async () => {
      const before = { items: this.#items, bytes: this.#bytes }
      await this.#following(stream, options.signal, () => this.#walk(stream, options))
      return { entries: this.#items - before.items, bytes: this.#bytes - before.bytes }
    })
  }

  spooled(body: SpooledBody, options: { readonly signal: AbortSignal }): Promise<number> {
    return this.#alone(async () => {
      const written = await this.#following(body.body, options.signal, () => writeSpooled(this.#body, body))
      this.#written(written)
      await this.#body.settle()
      return written.meta.size
    })
  }

  warn(warning: Warning): void {
    this.#warningCount += 1
    if (this.#body.options.isGap(warning)) this.#gaps += 1
    if (this.#warnings.length < listLimit) this.#warnings.push(warning)
    this.#body.index.line(warningLine(warning.code, warning.path, warning.note))
  }

  part({ kind, name, from, to }: Parameters<ComponentWriter['part']>[0]): void {
    if (!this.#last) throw misuse('names a part of an entry before it has any')
    const line = partLine({ kind, entry: this.#last.offset, name, from, to })
    this.#lines.update(line)
    this.#body.index.line(line)
  }

  close({ tool, version, detail, missing }: ComponentOutcome): Promise<ComponentSummary> {
    return this.#alone(async () => {
      this.#body.cutter.cut()
      await this.#body.settle()
      this.#done = true
      this.#closed()
      const last = this.#body.cutter.next - 1
      return {
        kind: this.kind,
        name: this.name,
        status: missing ? 'missing' : this.#warningCount > 0 ? 'warnings' : 'ok',
        items: this.#items,
        bytes: this.#bytes,
        sha256: this.#lines.digest('hex'),
        segments: last < this.#firstSegment ? null : [this.#firstSegment, last],
        tool,
        version,
        detail: { ...detail },
        warnings: this.#warnings,
        warningCount: this.#warningCount,
        gaps: this.#gaps,
      }
    })
  }

  async #walk(stream: Readable, { map, special, consume = false }: TarOptions): Promise<void> {
    const walk = new TarWalk()
    const intake = new TarIntake(this.#body, map, {
      written: (entry) => this.#written(entry),
      tooLarge: ({ path }) => this.#warnOf('too-large', path),
      special: special ?? ((path) => this.#warnOf('special-file', path)),
    })
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        for (const event of walk.push(chunk)) {
          const wait = intake.take(event)
          if (wait) await wait
        }
        this.#body.progress.tick(this.#body.entries.open?.path ?? this.#last?.meta.path ?? null)
        if (consume) releaseFilled(chunk)
        if (this.#body.full) await this.#body.settle()
      }
      walk.finish()
    } catch (error) {
      if (this.#body.entries.open && !this.#body.broken) await this.#abandon()
      throw error
    }
  }

  async #abandon(): Promise<void> {
    const { meta, written, bytes } = await this.#body.entries.abandon()
    this.#body.progress.bytes(bytes)
    this.#warnOf(written ? 'padded' : 'unreadable', meta.path, 'the stream ended inside it')
    if (written) this.#written(written)
  }

  /** Does the work while a signal, or the archive's own, destroys the stream that it reads. */
  async #following<T>(stream: Readable, own: AbortSignal, work: () => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([own, this.#body.options.signal])
    const stop = (): void => void stream.destroy(cancellation(signal))
    try {
      throwIfCancelled(signal)
      signal.addEventListener('abort', stop, { once: true })
      return await work()
    } catch (error) {
      throw signal.aborted ? cancellation(signal) : error
    } finally {
      signal.removeEventListener('abort', stop)
      stream.destroy()
    }
  }

  #warnOf(code: Warning['code'], path: Buffer, note?: string): void {
    this.warn({ code, path: toRemoteName(path), ...(note !== undefined && { note }) })
  }

  #written(entry: WrittenEntry): void {
    this.#body.note(entry)
    this.#count(entry)
  }

  #count(entry: WrittenEntry): void {
    this.#last = entry
    this.#items += 1
    this.#bytes += entry.meta.type === 'file' ? entry.meta.size : 0
    this.#lines.update(entry.line)
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy || this.#done) throw misuse(this.#done ? 'is closed' : 'is being written by somebody else')
    this.#busy = true
    try {
      return await work()
    } finally {
      this.#busy = false
    }
  }
}

function misuse(what: string): AppError {
  return new AppError(
    'internal',
    `A component of the archive ${what}. Nothing that was stored is lost; please report this.`,
  )
}
