import { Readable } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'
import type { ByteRange, ByteSource } from '../archive/byte-source.ts'
import type { Destination, Key } from '../destinations/destination.ts'

/** Before memory is taken for what an index only claims. */
function requireStored({ start, end }: ByteRange, size: number): void {
  if (start >= 0 && start <= end && end <= size) return
  throw new AppError('corrupt', `The copy has ${size} bytes where ${end} are needed. Use another copy.`)
}

async function readFully(stream: Readable, { start, end }: ByteRange): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(end - start)
  let length = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunk.copy(bytes, length)
    length += chunk.length
  }
  if (length === bytes.length) return bytes
  throw new AppError(
    'corrupt',
    `The copy gave ${length} bytes where ${end - start} are stored. Use another copy.`,
  )
}

/** An object at a destination as something to read anywhere in. Throws `not-found`. The destination stays the caller's. */
export async function objectSource(
  destination: Destination,
  key: Key,
  { signal }: { readonly signal: AbortSignal },
): Promise<ByteSource> {
  const stored = await destination.stat(key, { signal })
  if (!stored)
    throw new AppError(
      'not-found',
      `${key} is not at ${destination.name} any more. Other copies are untouched.`,
    )
  return {
    size: stored.size,
    read: async (range, options) => {
      requireStored(range, stored.size)
      return readFully(await destination.get(key, { ...options, range }), range)
    },
    stream: (range, options) => {
      async function* chunks(): AsyncGenerator<Buffer> {
        yield* (await destination.get(key, { ...options, range })) as AsyncIterable<Buffer>
      }
      return Readable.from(chunks(), { objectMode: false })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
