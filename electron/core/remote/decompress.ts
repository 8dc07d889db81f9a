import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'
import type { WireCodec } from '../../../shared/model/server.ts'

const CHUNK = 256 * 1024

/**
 * Undoes a wire codec. Throws `remote-failed` where the compressed stream is damaged, ends early or has bytes after
 * its end; errors of `source`, and errors that its reader throws into it, come through as they are.
 */
export async function* decompress(
  codec: WireCodec,
  source: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  if (codec === 'none') {
    yield* source
    return
  }
  const decoder =
    codec === 'zstd' ? createZstdDecompress({ chunkSize: CHUNK }) : createGunzip({ chunkSize: CHUNK })
  const sourceErrors: unknown[] = []
  const decoderErrors: unknown[] = []
  decoder.on('error', (error) => decoderErrors.push(error))
  let fed = 0
  async function* counted(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of source) {
        fed += chunk.length
        yield chunk
      }
    } catch (error) {
      sourceErrors.push(error)
      throw error
    }
  }
  const feeding = pipeline(counted(), decoder)
  feeding.catch(() => undefined)
  try {
    for await (const chunk of decoder) yield chunk as Buffer
    await feeding
  } catch (error) {
    if (decoderErrors.includes(error) && !sourceErrors.includes(error)) throw damaged(error)
    throw error
  }
  if (decoder.bytesWritten !== fed) throw damaged(undefined)
}

function damaged(cause: unknown): AppError {
  return new AppError(
    'remote-failed',
    'The compressed data from the server is damaged or incomplete, so nothing of it was used. Try again.',
    { cause },
  )
}
