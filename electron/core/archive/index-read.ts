import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { ByteSource } from './byte-source.ts'
import { decodeIndexLine, type IndexEnd, type IndexLine, type Segment } from './index-decode.ts'
import { readMembers } from './member.ts'

/** No path is this long, even in base64. */
const lineCap = 4 * 1024 * 1024
const newline = 0x0a

interface ReadOptions {
  readonly signal: AbortSignal
}

interface LineOptions extends ReadOptions {
  /** Which lines to decode, by how they begin; the first and the last always are. */
  readonly only?: string
}

/**
 * Reads a gzipped index and yields its lines, batch by batch, in order. Streams. Throws `corrupt` where it is
 * damaged, where the first line is no head or the last no `end`, where anything follows `end`, or where the counts,
 * the tree or the tiling of the segments do not agree; all lines were yielded by then. Throws `unsupported` for a
 * format that this version does not know.
 */
export async function* readIndex(
  source: ByteSource,
  { signal, only }: LineOptions,
): AsyncGenerator<readonly IndexLine[], void, undefined> {
  const check = new IndexCheck(only)
  for await (const lines of readIndexText(source, { signal })) {
    yield lines.flatMap((line) => {
      const decoded = check.decode(line)
      return decoded === null ? [] : [decoded]
    })
  }
  check.finish()
}

/** All segments of an index, in order, and its end. Throws like `readIndex`. */
export async function readIndexSegments(
  source: ByteSource,
  { signal }: ReadOptions,
): Promise<{ readonly id: string; readonly segments: readonly Segment[]; readonly end: IndexEnd }> {
  const segments: Segment[] = []
  let id = ''
  let end: IndexEnd | null = null
  for await (const lines of readIndex(source, { signal, only: '{"m"' })) {
    for (const line of lines) {
      if (line.kind === 'segment') segments.push(line.segment)
      else if (line.kind === 'head') id = line.id
      else if (line.kind === 'end') end = line.end
    }
  }
  if (end === null) throw refused('has no end')
  return { id, segments, end }
}

/** The lines of a gzipped index as they stand, batch by batch, without their newlines. Checks only the frame. */
export async function* readIndexText(
  source: ByteSource,
  { signal }: ReadOptions,
): AsyncGenerator<readonly string[], void, undefined> {
  const stored = source.stream({ start: 0, end: source.size }, { signal })
  let carried: Buffer = Buffer.alloc(0)
  for await (const chunk of readMembers(stored as AsyncIterable<Buffer>, { signal })) {
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk])
    const end = bytes.lastIndexOf(newline) + 1
    carried = bytes.subarray(end)
    if (carried.length > lineCap) throw refused('has a line without an end')
    if (end > 0) yield bytes.toString('utf8', 0, end - 1).split('\n')
  }
  if (carried.length > 0) throw refused('ends inside a line')
}

/** What the whole index must agree on. */
class IndexCheck {
  readonly #only: string | undefined
  readonly #tree = createHash('sha256')
  #lines = 0
  #entries = 0
  #segments = 0
  #last: Segment | null = null
  #end: IndexEnd | null = null

  constructor(only: string | undefined) {
    this.#only = only
  }

  decode(text: string): IndexLine | null {
    this.#lines += 1
    if (this.#end !== null) throw refused('goes on after its end')
    const first = this.#lines === 1
    if (!first && this.#only !== undefined && !text.startsWith(this.#only) && !text.startsWith('{"end"')) {
      return null
    }
    const line = decodeIndexLine(text)
    if ((line.kind === 'head') !== first) throw refused('does not begin as an index does')
    if (line.kind === 'head' && line.format !== 1) {
      throw new AppError(
        'unsupported',
        `The index has format ${line.format}, which this version does not know; update Holdfast.`,
      )
    }
    if (line.kind === 'entry') this.#entries += 1
    else if (line.kind === 'segment') this.#segment(line.segment)
    else if (line.kind === 'end') this.#end = line.end
    return line
  }

  finish(): void {
    if (this.#end === null) throw refused('has no end')
    const { entries, segments, size, tree } = this.#end
    const own = this.#tree.digest('hex')
    if (this.#only === undefined && entries !== this.#entries)
      throw refused('has other entries than it counts')
    if (segments !== this.#segments) throw refused('has other segments than it counts')
    if (tree !== own) throw refused('has other segments than its tree')
    const stop = this.#last === null ? 0 : this.#last.offset + this.#last.length
    if (size < stop) throw refused('has segments beyond the end of the archive')
  }

  #segment(segment: Segment): void {
    const last = this.#last
    const tarOffset = last === null ? 0 : last.tarOffset + last.tarLength
    const follows = last === null ? segment.offset >= 0 : segment.offset >= last.offset + last.length
    if (segment.tarOffset !== tarOffset || !follows) throw refused('has segments with gaps')
    this.#segments += 1
    this.#last = segment
    this.#tree.update(segment.sha256)
  }
}

function refused(why: string): AppError {
  return new AppError(
    'corrupt',
    `The index ${why}; nothing of the archive is lost, rebuild the index from it.`,
  )
}
