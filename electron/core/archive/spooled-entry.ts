import { createHash } from 'node:crypto'
import type { ArchiveBody } from './archive-body.ts'
import type { EntryMeta, SpooledBody } from './archive-writer.ts'
import type { WrittenEntry } from './entry-output.ts'
import { fillLimit } from './segment-cutter.ts'
import type { SegmentPress } from './segment-press.ts'
import { Spool } from './spool.ts'
import { padding } from './tar/header.ts'
import { encodeEntry } from './tar/encode-entry.ts'

/** How much of a body's end `prove` gets to see. */
const tailLength = 64 * 1024
const nothing = Buffer.alloc(0)

/**
 * Reads a body of unknown size, lets it prove itself, and only then writes its entry. Segments of a long body wait
 * in a spool, but for what is in the last, which ends like any other. On an error nothing of it
 * is in the archive. The caller notes the entry.
 */
export async function writeSpooled(
  archive: ArchiveBody,
  { meta, body, prove }: SpooledBody,
): Promise<WrittenEntry> {
  await using spool = new Spool({ folder: archive.options.spoolFolder })
  const press = archive.newPress((segment) => spool.add(segment))
  const content = new ContentPieces(press)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      archive.progress.bytes(chunk.length)
      archive.progress.tick(meta.path)
      await content.add(chunk)
    }
    const { size, tail } = content
    const whole: EntryMeta = { ...meta, type: 'file', size }
    const headers = encodeEntry(whole)
    const total = headers.length + size + padding(size)
    if (total <= fillLimit) {
      await prove({ size, tail })
      return await archive.entries.whole(whole, content.rest)
    }
    await press.flush()
    await prove({ size, tail })
    const entry = archive.entries.spliced(whole, content.sha256())
    await archive.flush()
    for await (const segment of spool.segments()) {
      await archive.output.segment(segment)
      archive.cutter.splice(segment.tarLength)
    }
    archive.cutter.write(content.rest)
    archive.cutter.zeros(padding(size))
    return entry
  } catch (error) {
    archive.progress.bytes(-content.size)
    throw error
  } finally {
    press.stop()
    await press.flush().catch(() => undefined)
  }
}

/** Cuts a content into pieces of a segment's length for a press, and hashes it. */
class ContentPieces {
  readonly #press: SegmentPress
  readonly #hash = createHash('sha256')
  #buffer: Buffer
  #used = 0
  #before: Buffer = nothing
  size = 0

  constructor(press: SegmentPress) {
    this.#press = press
    this.#buffer = press.buffer()
  }

  /** What was not pressed yet. */
  get rest(): Buffer {
    return this.#buffer.subarray(0, this.#used)
  }

  /** The last bytes so far, a copy. */
  get tail(): Buffer {
    const last = this.#buffer.subarray(Math.max(0, this.#used - tailLength), this.#used)
    return Buffer.concat([this.#before, last]).subarray(-tailLength)
  }

  async add(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk)
    this.size += chunk.length
    for (let at = 0; at < chunk.length;) {
      if (this.#used === fillLimit) this.#next()
      if (this.#press.full) await this.#press.ready()
      const copied = chunk.copy(this.#buffer, this.#used, at, at + fillLimit - this.#used)
      this.#used += copied
      at += copied
    }
  }

  sha256(): string {
    return this.#hash.digest('hex')
  }

  #next(): void {
    this.#before = Buffer.from(this.#buffer.subarray(this.#used - tailLength, this.#used))
    this.#press.add(this.#buffer, this.#used)
    this.#buffer = this.#press.buffer()
    this.#used = 0
  }
}
