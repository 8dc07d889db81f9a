import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'
import type { WireCodec } from '../../../shared/model/server.ts'
import { releaseWhole } from '../release.ts'

const CHUNK = 256 * 1024

/**
 * Undoes a wire codec. The chunks of `source` are its own from then on: what is the whole of its memory is gone once
 * it was read. Throws `remote-failed` where the compressed stream is damaged, ends early or has bytes after its end;
 * errors of `source`, and errors that its reader throws into it, come through as they are.
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
  const failures: { source?: { readonly error: unknown }; decoder?: { readonly error: unknown } } = {}
  decoder.on('error', (error) => (failures.decoder ??= { error }))
  let fed = 0
  const feed = async (): Promise<void> => {
    for await (const chunk of source) {
      fed += chunk.length
      if (!(await written(decoder, chunk))) return
      releaseWhole(chunk)
    }
    decoder.end()
  }
  const feeding = feed().catch((error: unknown) => {
    failures.source = { error }
    decoder.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  try {
    for await (const chunk of decoder) yield chunk as Buffer
    await feeding
  } catch (error) {
    if (failures.source !== undefined) throw failures.source.error
    if (failures.decoder?.error === error) throw damaged(error)
    throw error
  }
  if (failures.source !== undefined) throw failures.source.error
  if (decoder.bytesWritten !== fed) throw damaged(undefined)
}

/** Resolves when the chunk was read. False where nothing is read any more: the stream has ended, failed or was left. */
function written(decoder: Gunzip | ZstdDecompress, chunk: Buffer): Promise<boolean> {
  if (decoder.readableEnded || decoder.destroyed) return Promise.resolve(false)
  return new Promise((resolve) => {
    const stop = (): void => resolve(false)
    decoder.once('end', stop).once('close', stop)
    decoder.write(chunk, (error) => {
      decoder.off('end', stop).off('close', stop)
      resolve(!error)
    })
  })
}

function damaged(cause: unknown): AppError {
  return new AppError(
    'remote-failed',
    'The compressed data from the server is damaged or incomplete, so nothing of it was used. Try again.',
    { cause },
  )
}
