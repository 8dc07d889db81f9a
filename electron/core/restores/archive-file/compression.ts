import { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import { ChunkReader } from '../../archive/chunk-reader.ts'
import { readMembers } from '../../archive/member.ts'

/** First bytes of a file that tell its form. */
export const magicLength = 32

export type Compression = 'none' | 'gzip' | 'zstd'

/** What a file begins with, by the file formats' own magic numbers, and the command that makes it readable. */
const unreadable: readonly (readonly [magic: string, name: string, convert: string])[] = [
  ['425a68', 'bzip2', 'bzip2 -dc FILE | gzip > NEW.tar.gz'],
  ['fd377a585a00', 'xz', 'xz -dc FILE | gzip > NEW.tar.gz'],
  ['5d000080', 'lzma', 'xz -dc FILE | gzip > NEW.tar.gz'],
  ['04224d18', 'lz4', 'lz4 -dc FILE | gzip > NEW.tar.gz'],
  ['504b0304', 'zip', 'mkdir NEW && unzip FILE -d NEW && tar czf NEW.tar.gz -C NEW .'],
  ['377abcaf271c', '7z', '7z x FILE -oNEW && tar czf NEW.tar.gz -C NEW .'],
  ['526172211a07', 'rar', 'mkdir NEW && unrar x FILE NEW/ && tar czf NEW.tar.gz -C NEW .'],
]

/** Whether a file with these first bytes is encrypted by age: https://age-encryption.org/v1 */
export function isAge(head: Buffer): boolean {
  return head.toString('latin1').startsWith('age-encryption.org/')
}

/**
 * How bytes are compressed, told by their first ones. Throws `unsupported` for a form that is not read here, with the
 * command that converts it.
 */
export function compressionOf(head: Buffer): Compression {
  const hex = head.toString('hex', 0, magicLength)
  if (hex.startsWith('1f8b')) return 'gzip'
  if (hex.startsWith('28b52ffd') || /^5.2a4d18/.test(hex)) return 'zstd'
  const other = unreadable.find(([magic]) => hex.startsWith(magic))
  if (other === undefined) return 'none'
  const [, name, convert] = other
  throw new AppError(
    'unsupported',
    `${name} is not read here and nothing was changed; convert the file with: ${convert}`,
    {
      details: { compression: name, convert },
    },
  )
}

/** The bytes without their compression, in order and in bounded memory. Throws `corrupt` and `cancelled`. */
export async function* plainBytes(
  bytes: AsyncIterable<Buffer>,
  compression: Compression,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void, undefined> {
  if (compression === 'gzip') yield* readMembers(bytes, { signal, onTrailing: () => undefined })
  else if (compression === 'zstd') yield* readZstd(bytes, signal)
  else yield* bytes
}

/** The same for bytes that nobody looked at yet. */
export async function* sniffedBytes(
  bytes: AsyncIterable<Buffer>,
  options: { readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void, undefined> {
  const input = new ChunkReader(bytes)
  async function* rest(): AsyncGenerator<Buffer> {
    for (let chunk = await input.next(); chunk !== null; chunk = await input.next()) yield chunk
  }
  yield* plainBytes(rest(), compressionOf(await input.peek(magicLength)), options)
}

async function* readZstd(bytes: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  const source = Readable.from(bytes, { objectMode: false })
  const inflate = createZstdDecompress()
  source.on('error', (error) => inflate.destroy(error))
  source.pipe(inflate)
  try {
    for await (const chunk of inflate) {
      throwIfCancelled(signal)
      yield chunk as Buffer
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError(
      'corrupt',
      'The compressed bytes are damaged or end in the middle. Use another copy.',
      {
        cause: error,
      },
    )
  } finally {
    source.unpipe(inflate).destroy()
    inflate.destroy()
  }
}
