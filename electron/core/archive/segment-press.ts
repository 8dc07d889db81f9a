import { promisify } from 'node:util'
import { constants, crc32, createDeflateRaw, inflateRaw } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'
import { release } from '../release.ts'
import { levelFor, worthwhile } from './compressible.ts'

/** The most tar that one segment holds (FORMAT §2). */
export const segmentLimit = 4 * 1024 * 1024

/** A segment as it goes into an archive: raw deflate, ended by a sync flush. */
export interface PressedSegment {
  readonly data: Buffer
  readonly tarLength: number
  /** Of the tar bytes. */
  readonly crc32: number
}

export interface PressOptions {
  /** The highest deflate level; what shrinks little gets a lower one, and what does not shrink is stored. */
  readonly level: number
  /** Segments that are deflated at a time, on zlib's threads. */
  readonly parallelism: number
  /** Whether each segment is opened again and compared before it is handed on; `internal` where it differs. */
  readonly prove?: boolean
  /** Takes the segments in order, one at a time. */
  readonly sink: (segment: PressedSegment) => Promise<void>
}

/**
 * Deflates pieces of tar in parallel and hands them on in order. Holds at most `parallelism` + 2 pieces, provided
 * that the caller waits for `ready` where `full` says so. After a failure nothing more is handed on, and `ready`
 * and `flush` reject with it.
 */
export class SegmentPress {
  readonly #options: PressOptions
  readonly #free: Buffer[] = []
  #tail: Promise<void> = Promise.resolve()
  #held = 0
  #failure: { readonly error: unknown } | null = null
  #wake: (() => void)[] = []

  constructor(options: PressOptions) {
    this.#options = options
  }

  /** A buffer of `segmentLimit` bytes to fill; it comes back with `add`. */
  buffer(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(segmentLimit)
  }

  get full(): boolean {
    return this.#held >= this.#options.parallelism + 2 || this.#failure !== null
  }

  /** True once nothing more can be written. */
  get failed(): boolean {
    return this.#failure !== null
  }

  /** Takes the first `length` bytes of a buffer of `buffer()`, which must not be touched afterwards. */
  add(buffer: Buffer, length: number): void {
    const tar = buffer.subarray(0, length)
    const checksum = crc32(tar)
    this.#held += 1
    const pressed = this.#press(tar).finally(() => this.#free.push(buffer))
    pressed.catch(() => undefined)
    this.#tail = this.#tail.then(async () => {
      try {
        const data = await pressed
        if (!this.#failure) await this.#options.sink({ data, tarLength: length, crc32: checksum })
      } catch (error) {
        this.#failure ??= { error }
      }
      this.#held -= 1
      for (const wake of this.#wake.splice(0)) wake()
    })
  }

  /** Resolves when there is room for another piece. */
  async ready(): Promise<void> {
    while (this.full && !this.#failure) await new Promise<void>((resolve) => this.#wake.push(resolve))
    this.#check()
  }

  /** Hands nothing more on. */
  stop(): void {
    this.#failure ??= {
      error: new AppError('cancelled', 'Cancelled. What was finished before stays as it was.'),
    }
  }

  /** Resolves when all pieces were handed on. */
  async flush(): Promise<void> {
    await this.#tail
    this.#check()
  }

  async #press(tar: Buffer): Promise<Buffer> {
    const data = await press(tar, this.#options.level)
    if (this.#options.prove === true) await requireOpens(data, tar)
    return data
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error
  }
}

const inflate = promisify(inflateRaw)

async function requireOpens(data: Buffer, tar: Buffer): Promise<void> {
  const back = await inflate(data, { finishFlush: constants.Z_SYNC_FLUSH })
  const same = back.equals(tar)
  release(back)
  if (same) return
  throw new AppError(
    'internal',
    'A piece of the archive does not open to what went into it, so the archive was not stored. Earlier backups are untouched: check the memory of this computer.',
  )
}

async function press(tar: Buffer, highest: number): Promise<Buffer> {
  const level = levelFor(tar, highest)
  const data = await deflate(tar, level)
  if (level === 0 || data.length < tar.length * worthwhile) return data
  release(data)
  return deflate(tar, 0)
}

/** Room for all of it from the start: its pieces then lie behind one another, and need not be put together. */
function deflate(tar: Buffer, level: number): Promise<Buffer> {
  const chunkSize = tar.length + 4096
  const engine = createDeflateRaw({ level, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH, chunkSize })
  const pieces: Buffer[] = []
  return new Promise((resolve, reject) => {
    engine.on('data', (piece: Buffer) => pieces.push(piece))
    engine.once('error', reject).once('end', () => resolve(joined(pieces)))
    engine.end(tar)
  })
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces
  if (first === undefined) return Buffer.alloc(0)
  let end = first.byteOffset
  for (const { buffer, byteOffset, length } of pieces) {
    if (buffer !== first.buffer || byteOffset !== end) return Buffer.concat(pieces)
    end += length
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset)
}
