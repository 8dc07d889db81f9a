import type { Warning } from '../../../shared/model/backup.ts'
import type { Clock } from '../ports.ts'
import type { ArchiveProgress, EntryMeta } from './archive-writer.ts'
import { EntryOutput, type WrittenEntry } from './entry-output.ts'
import { IndexWriter, type Sink } from './index-writer.ts'
import { SegmentCutter } from './segment-cutter.ts'
import { SegmentOutput } from './segment-output.ts'
import { SegmentPress, type PressedSegment } from './segment-press.ts'
import { ThrottledProgress } from './throttled-progress.ts'

export interface BodyOptions {
  readonly sink: Sink
  readonly indexSink: Sink
  readonly level: number
  readonly parallelism: number
  readonly prove: boolean
  readonly spoolFolder: string
  readonly clock: Clock
  readonly progress: ArchiveProgress | undefined
  readonly isGap: (warning: Warning) => boolean
  readonly signal: AbortSignal
}

/** The way of bytes into an archive: entries, cut into segments, pressed, framed; and the index beside it. */
export class ArchiveBody implements AsyncDisposable {
  readonly options: BodyOptions
  readonly index: IndexWriter
  readonly output: SegmentOutput
  readonly cutter: SegmentCutter
  readonly entries: EntryOutput
  readonly progress: ThrottledProgress
  readonly #press: SegmentPress
  #entryCount = 0

  constructor(options: BodyOptions) {
    this.options = options
    this.index = new IndexWriter(options.indexSink)
    this.output = new SegmentOutput(options.sink, this.index)
    this.#press = this.newPress((segment) => this.output.segment(segment))
    this.cutter = new SegmentCutter(this.#press)
    this.entries = new EntryOutput(this.cutter, this.#press)
    this.progress = new ThrottledProgress(options.clock, options.progress)
  }

  /** Entries noted in the index. */
  get entryCount(): number {
    return this.#entryCount
  }

  /** True once the archive cannot be finished any more. */
  get broken(): boolean {
    return this.#press.failed || this.options.signal.aborted
  }

  newPress(sink: (segment: PressedSegment) => Promise<void>): SegmentPress {
    const { level, parallelism, prove } = this.options
    return new SegmentPress({ level, parallelism, prove, sink })
  }

  note(entry: WrittenEntry): void {
    this.#entryCount += 1
    this.progress.item()
    this.index.line(entry.line)
  }

  /** Writes and notes an entry whose content is at hand. */
  async write(meta: EntryMeta, content: Buffer): Promise<WrittenEntry> {
    const entry = await this.entries.whole(meta, content)
    this.progress.bytes(content.length)
    this.note(entry)
    this.progress.tick(meta.path)
    await this.settle()
    return entry
  }

  get full(): boolean {
    return this.#press.full || this.index.full
  }

  /** Resolves when segments and index have room for more. */
  async settle(): Promise<void> {
    if (this.#press.full) await this.#press.ready()
    if (this.index.full) await this.index.ready()
  }

  /** Ends the current segment and waits until it is out. */
  async flush(): Promise<void> {
    this.cutter.flush()
    await this.#press.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#press.stop()
    await this.#press.flush().catch(() => undefined)
    await this.index[Symbol.asyncDispose]()
  }
}
