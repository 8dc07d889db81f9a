import { Readable } from 'node:stream'
import { AppError } from '../../../../shared/errors.ts'
import type { ByteRange, ByteSource } from '../byte-source.ts'
import { release } from '../../release.ts'
import { longestStart, openStart } from './age-header.ts'
import type { Identity } from './age-key.ts'
import { chunkSize, sealedChunkSize } from './chunk-cipher.ts'
import type { CipherThread } from './cipher-thread.ts'

/** Chunks that are opened at a time while streaming. */
const streamChunks = 16

interface OpenOptions {
  readonly identities: readonly Identity[]
  readonly thread: CipherThread
  readonly signal: AbortSignal
}

/**
 * An age file as the bytes that were encrypted: only the chunks that a range needs are read and opened, each checked.
 * The last one is opened first, so that a cut or grown file is noticed before anything is read. Throws `key-missing`,
 * and `corrupt`. Closing the file stays the caller's.
 */
export async function openSealed(
  file: ByteSource,
  { identities, thread, signal }: OpenOptions,
): Promise<ByteSource> {
  const beginning = await file.read({ start: 0, end: Math.min(file.size, longestStart) }, { signal })
  const { length: start, key } = await openStart(beginning, identities)
  const stored = file.size - start
  const count = Math.max(1, Math.ceil(stored / sealedChunkSize))
  const size = stored - count * (sealedChunkSize - chunkSize)

  const rangeOf = (first: number, end: number): ByteRange => ({
    start: start + first * sealedChunkSize,
    end: Math.min(file.size, start + end * sealedChunkSize),
  })
  const opened = async (first: number, data: Uint8Array, last: boolean): Promise<Buffer> => {
    const plain = await thread.open({ key, first, last, data })
    if (plain !== null) return plain
    throw new AppError(
      'corrupt',
      `The encrypted copy is damaged near byte ${start + first * sealedChunkSize}, cut, or put together from others. Use another copy.`,
      { details: { offset: start + first * sealedChunkSize } },
    )
  }
  const read = async (range: ByteRange, options: { readonly signal: AbortSignal }): Promise<Buffer> => {
    if (range.start < 0 || range.end < range.start || range.end > size) throw beyond(size, range)
    if (range.start === range.end) return Buffer.alloc(0)
    const first = Math.floor(range.start / chunkSize)
    const end = Math.ceil(range.end / chunkSize)
    const data = await file.read(rangeOf(first, end), options)
    const plain = await opened(first, data, end === count)
    return plain.subarray(range.start - first * chunkSize, range.end - first * chunkSize)
  }
  async function* chunks(
    range: ByteRange,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<Buffer> {
    if (range.start === range.end) return
    const first = Math.floor(range.start / chunkSize)
    const end = Math.ceil(range.end / chunkSize)
    let at = first
    const pass = async (data: Buffer): Promise<Buffer> => {
      const from = at
      at += Math.ceil(data.length / sealedChunkSize)
      const plain = await opened(from, data, at === count)
      const before = Math.max(0, range.start - from * chunkSize)
      return plain.subarray(before, Math.min(plain.length, range.end - from * chunkSize))
    }
    const ciphertext = file.stream(rangeOf(first, end), options) as AsyncIterable<Buffer>
    for await (const block of inBlocks(ciphertext, streamChunks * sealedChunkSize)) yield await pass(block)
  }

  if (size < 0) throw beyond(0, { start: 0, end: 0 })
  const end = rangeOf(count - 1, count)
  release(await opened(count - 1, await file.read(end, { signal }), true))
  return {
    size,
    read,
    stream: (range, options) => {
      if (range.start < 0 || range.end < range.start || range.end > size) throw beyond(size, range)
      return Readable.from(chunks(range, options), { objectMode: false })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** The same bytes in blocks of one size, the last one shorter, each memory of its own. */
async function* inBlocks(bytes: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafeSlow(size)
  let filled = 0
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.copy(block, filled, at)
      filled += taken
      at += taken
      if (filled < size) continue
      yield block
      block = Buffer.allocUnsafeSlow(size)
      filled = 0
    }
  }
  if (filled > 0) yield Buffer.from(new Uint8Array(block.subarray(0, filled)))
}

function beyond(size: number, { start, end }: ByteRange): AppError {
  return new AppError(
    'corrupt',
    `The encrypted copy holds ${size} bytes where ${start} to ${end} are needed; it is cut. Use another copy.`,
  )
}
