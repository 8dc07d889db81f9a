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
 * A script's input as the frames in which it travels: data of at most `longest` bytes each, and at the end the length
 * of all. Each frame costs the server a few processes. `codec` is what the script asked for. Errors of the input come
 * through.
 */
export async function* inputFrames(
  input: AsyncIterable<Uint8Array>,
  codec: string,
  longest: number = frameBytes,
): AsyncGenerator<Buffer, void, undefined> {
  let total = 0
  for await (const chunk of compressed(input, codec, longest)) {
    for (let at = 0; at < chunk.length; at += longest) {
      const data = chunk.subarray(at, at + longest)
      total += data.length
      yield Buffer.concat([head('d', data.length), data])
    }
  }
  yield head('e', total)
}

function compressed(
  input: AsyncIterable<Uint8Array>,
  codec: string,
  longest: number,
): AsyncIterable<Uint8Array> {
  if (codec === 'none') return gathered(input, longest)
  const encoder = codec === 'zstd' ? createZstdCompress({ chunkSize }) : createGzip({ chunkSize, level: 1 })
  if (codec !== 'zstd' && codec !== 'gzip') {
    throw new AppError('internal', `A script asked for its input in ${JSON.stringify(codec)}.`)
  }
  const source = Readable.from(input, { objectMode: false })
  source.once('error', (error) => encoder.destroy(error))
  encoder.once('close', () => source.destroy())
  return source.pipe(encoder)
}

/** Small pieces together, so that a frame is worth its head. */
async function* gathered(input: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of input) {
    pieces.push(piece)
    length += piece.length
    if (length < longest) continue
    yield Buffer.concat(pieces)
    pieces = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(pieces)
}
