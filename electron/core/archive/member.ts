import { createHash } from 'node:crypto'
import { crc32, createInflateRaw } from 'node:zlib'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import { ChunkReader } from './chunk-reader.ts'
import { gzipHeaderLength, trailerLength } from './gzip-frame.ts'

/** One gzip member of a file. Offsets and lengths are bytes; `tar…` count inflated bytes of the whole file. */
export interface Member {
  readonly offset: number
  readonly length: number
  readonly headerLength: number
  readonly tarOffset: number
  readonly tarLength: number
  /** Of the inflated bytes. */
  readonly crc32: number
  /** Of the member's own bytes, header and trailer included. */
  readonly sha256: Buffer
}

/** Bytes after the last trailer that begin no further member. */
export interface TrailingBytes {
  readonly offset: number
  readonly length: number
}

interface MemberOptions {
  readonly signal: AbortSignal
  /** Told after each member's CRC and length agreed. */
  readonly onMember?: (member: Member) => void
  /** Told of what follows the last member. Without it, such bytes are an error. */
  readonly onTrailing?: (trailing: TrailingBytes) => void
  /** Inflated bytes after which the whole is refused as a bomb. */
  readonly cap?: number
}

const chunkSize = 256 * 1024

/**
 * Inflates any sequence of gzip members with any header flags, in bounded memory, and yields what they hold in
 * order. Throws `corrupt` where a header, block, CRC or length is wrong, where the bytes end inside a member or
 * before the first, where anything follows the last member and nobody wants to be told, or beyond `cap`.
 */
export async function* readMembers(
  bytes: AsyncIterable<Buffer>,
  { signal, onMember, onTrailing, cap = Number.POSITIVE_INFINITY }: MemberOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const input = new ChunkReader(bytes)
  try {
    let offset = 0
    let tarOffset = 0
    for (let first = true; ; first = false) {
      const start = await input.peek(2)
      if (!first && start.length === 0) return
      if (!first && !(start[0] === 0x1f && start[1] === 0x8b)) {
        const trailing = { offset, length: await input.drain() }
        if (onTrailing === undefined) throw trailingBytes(trailing)
        onTrailing(trailing)
        return
      }
      const member: Member = yield* readMember(input, { offset, tarOffset, cap, signal })
      onMember?.(member)
      offset += member.length
      tarOffset += member.tarLength
    }
  } finally {
    await input.close()
  }
}

interface Position {
  readonly offset: number
  readonly tarOffset: number
  readonly cap: number
  readonly signal: AbortSignal
}

async function* readMember(
  input: ChunkReader,
  { offset, tarOffset, cap, signal }: Position,
): AsyncGenerator<Buffer, Member, undefined> {
  const hash = createHash('sha256')
  const header = await takeHeader(input)
  hash.update(header)
  let crc = 0
  let tarLength = 0
  const body = inflateBody(input, { signal, consumed: (bytes) => hash.update(bytes) })
  for (let step = await body.next(); ; step = await body.next()) {
    throwIfCancelled(signal)
    if (step.done === true) {
      const trailer = await input.take(trailerLength)
      if (trailer === null) throw cut()
      hash.update(trailer)
      if (trailer.readUInt32LE(0) !== crc) throw damaged('its checksum differs')
      if (trailer.readUInt32LE(4) !== tarLength % 0x1_0000_0000) throw damaged('its length differs')
      const length = header.length + step.value + trailerLength
      const sha256 = hash.digest()
      return { offset, length, headerLength: header.length, tarOffset, tarLength, crc32: crc, sha256 }
    }
    crc = crc32(step.value, crc)
    tarLength += step.value.length
    if (tarOffset + tarLength > cap) throw bomb(cap)
    yield step.value
  }
}

async function takeHeader(input: ChunkReader): Promise<Buffer> {
  for (let wanted = 10; ; wanted *= 2) {
    const start = await input.peek(wanted)
    const length = gzipHeaderLength(start)
    if (length !== null) return (await input.take(length)) ?? start
    if (start.length < wanted) throw cut()
  }
}

interface BodyOptions {
  readonly signal: AbortSignal
  readonly consumed: (bytes: Buffer) => void
}

/** Yields inflated bytes; returns how many deflated ones there were. What follows them stays in `input`. */
async function* inflateBody(
  input: ChunkReader,
  { signal, consumed }: BodyOptions,
): AsyncGenerator<Buffer, number, undefined> {
  const inflate = createInflateRaw({ chunkSize })
  const fed: Buffer[] = []
  let settled = 0
  const settle = (): void => {
    for (let first = fed[0]; first !== undefined; first = fed[0]) {
      if (settled + first.length > inflate.bytesWritten) return
      consumed(first)
      settled += first.length
      fed.shift()
    }
  }
  const feed = async (): Promise<void> => {
    for (let chunk = await input.next(); ; chunk = await input.next()) {
      throwIfCancelled(signal)
      if (chunk === null) {
        inflate.end()
        return
      }
      fed.push(chunk)
      if (inflate.readableEnded || inflate.destroyed || !(await written(inflate, chunk))) return
      settle()
    }
  }
  const feeding = feed().catch((error: unknown) => {
    inflate.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  try {
    for await (const chunk of inflate) yield chunk as Buffer
  } catch (error) {
    throw inflateError(error)
  } finally {
    inflate.destroy()
    await feeding
  }
  settle()
  const rest = Buffer.concat(fed)
  const own = inflate.bytesWritten - settled
  consumed(rest.subarray(0, own))
  input.unshift(rest.subarray(own))
  return inflate.bytesWritten
}

/** False where the deflated data ended inside this chunk, in which case zlib never asks for more. */
function written(inflate: ReturnType<typeof createInflateRaw>, chunk: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = (): void => resolve(false)
    inflate.once('end', stop).once('close', stop)
    inflate.write(chunk, () => {
      inflate.off('end', stop).off('close', stop)
      resolve(true)
    })
  })
}

function inflateError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'Z_BUF_ERROR') return cut()
  if (typeof code === 'string' && code.startsWith('Z_')) return damaged('it does not inflate', error)
  return error
}

function cut(): AppError {
  return new AppError('corrupt', 'The compressed bytes end in the middle: the file is cut. Use another copy.')
}

function damaged(why: string, cause?: unknown): AppError {
  return new AppError('corrupt', `The compressed bytes are damaged: ${why}. Use another copy.`, { cause })
}

function bomb(cap: number): AppError {
  return new AppError('corrupt', `The file inflates to more than ${cap} bytes and was refused.`)
}

function trailingBytes(details: TrailingBytes): AppError {
  return new AppError(
    'corrupt',
    `${details.length} bytes follow the end of the compressed data; the file is not as it was written.`,
    { details: { ...details } },
  )
}
