import { Readable } from 'node:stream'
import { createGzip, createZstdCompress } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'

/** What a script's input may be compressed with on its way to the server. */
export type UplinkCodec = 'zstd' | 'gzip'

const chunkSize = 256 * 1024

/** As long as a line of 64 kbit/s takes half a minute for; see `BEATS` in run-shell.ts. */
const frameBytes = 256 * 1024

function head(kind: 'b' | 'd' | 'e', size: number): Buffer {
  return Buffer.from(kind + String(size).padStart(15, '0'))
}

/** A sign of life, for a script that has input; see `hf_frame` in `scripts/prologue.sh`. */
export const beatFrame: Buffer = head('b', 0)

/**
 * A script's input as the frames in which it travels, each in pieces that nothing may come between: a head and data of
 * at most `longest` bytes, at the end the length of all. Each frame costs the server a few processes. `codec` is what
 * the script asked for. Errors of the input come through.
 */
export async function* inputFrames(
  input: AsyncIterable<Uint8Array>,
  codec: string,
  longest: number = frameBytes,
): AsyncGenerator<readonly Buffer[], void, undefined> {
  let total = 0
  for await (const pieces of gathered(compressed(input, codec), longest)) {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    total += length
    yield [head('d', length), ...pieces]
  }
  yield [head('e', total)]
}

function compressed(input: AsyncIterable<Uint8Array>, codec: string): AsyncIterable<Uint8Array> {
  if (codec === 'none') return input
  const encoder = codec === 'zstd' ? createZstdCompress({ chunkSize }) : createGzip({ chunkSize, level: 1 })
  if (codec !== 'zstd' && codec !== 'gzip') {
    throw new AppError('internal', `A script asked for its input in ${JSON.stringify(codec)}.`)
  }
  const source = Readable.from(input, { objectMode: false })
  source.once('error', (error) => encoder.destroy(error))
  encoder.once('close', () => source.destroy())
  return source.pipe(encoder)
}

/** Pieces together, at most `longest` bytes of them, so that a frame is worth its head. */
async function* gathered(
  input: AsyncIterable<Uint8Array>,
  longest: number,
): AsyncGenerator<readonly Buffer[]> {
  let pieces: Buffer[] = []
  let length = 0
  for await (const { buffer, byteOffset, byteLength } of input) {
    for (let at = 0; at < byteLength;) {
      const piece = Buffer.from(buffer, byteOffset + at, Math.min(byteLength - at, longest - length))
      pieces.push(piece)
      at += piece.length
      length += piece.length
      if (length < longest) continue
      yield pieces
      pieces = []
      length = 0
    }
  }
  if (length > 0) yield pieces
}
