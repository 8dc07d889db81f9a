import { Readable } from 'node:stream'
import * as S3 from '@aws-sdk/client-s3'
import { AppError, cancellation } from '../../../../shared/errors.ts'
import type { Key, Range } from '../destination.ts'
import type { Bucket } from './bucket.ts'
import { answerOf, isAbsent } from './s3-error.ts'

type Cancellable = { readonly signal: AbortSignal }

/** A body that has begun to come, and what it is a body of. */
interface Opened {
  readonly body: Readable
  readonly size: number
  readonly etag: string | undefined
}

function cut(key: Key, size: number, wanted: number): AppError {
  return new AppError(
    'corrupt',
    `${key} ends at byte ${size}, but byte ${wanted} was asked for: this copy was cut. Use another copy.`,
    { details: { size, wanted } },
  )
}

function absent(key: Key, name: string): AppError {
  return new AppError('not-found', `There is no ${key} at ${name}. Nothing was changed.`)
}

/** Asks for the bytes from `start`; null where the object ends before. */
async function open(
  bucket: Bucket,
  key: Key,
  { start, end, etag, signal }: Cancellable & { start: number; end: number | null; etag: string | undefined },
): Promise<Opened | null> {
  const whole = start === 0 && end === null
  return bucket.run(`Could not read ${key}`, { signal }, async (request) => {
    try {
      const got = await bucket.client.send(
        new S3.GetObjectCommand({
          ...bucket.at(key),
          ...(whole ? {} : { Range: `bytes=${start}-${end === null ? '' : end - 1}` }),
          ...(etag === undefined ? {} : { IfMatch: etag }),
        }),
        request,
      )
      const total = /\/(\d+)$/.exec(got.ContentRange ?? '')?.[1]
      const size = total === undefined ? (got.ContentLength ?? 0) : Number(total)
      return { body: got.Body as Readable, size, etag: got.ETag }
    } catch (error) {
      if (isAbsent(error)) throw absent(key, bucket.place.name)
      if (answerOf(error)?.status === 416) return null
      throw error
    }
  })
}

/**
 * Streams an object or a range of it; goes on where it was after a broken connection, as long as the object is the
 * same. The stream fails with `corrupt` where it ends early, and with the signal's reason where that is aborted.
 */
export async function readObject(
  bucket: Bucket,
  key: Key,
  { signal, range }: Cancellable & { readonly range?: Range },
): Promise<Readable> {
  if (range !== undefined && !(range.start >= 0 && range.start <= range.end)) {
    throw new AppError(
      'invalid-input',
      `${range.start} to ${range.end} is not a range of bytes. Nothing was read.`,
    )
  }
  if (range !== undefined && range.start === range.end) {
    const found = await bucket.head(key, { signal })
    if (found === null) throw absent(key, bucket.place.name)
    if (range.end > found.size) throw cut(key, found.size, range.end)
    return Readable.from([])
  }
  const start = range?.start ?? 0
  const first = await open(bucket, key, { start, end: range?.end ?? null, etag: undefined, signal })
  if (first === null) throw cut(key, start, range?.end ?? start)
  const end = range?.end ?? first.size
  if (end > first.size) {
    first.body.destroy()
    throw cut(key, first.size, end)
  }
  const stream = Readable.from(chunks(bucket, key, { first, start, end, signal }), { objectMode: false })
  const cancel = () => stream.destroy(cancellation(signal))
  signal.addEventListener('abort', cancel, { once: true })
  return stream.once('close', () => signal.removeEventListener('abort', cancel))
}

/** How often in a row a body may break off without one byte having come. */
const mostBreaks = 5

async function* chunks(
  bucket: Bucket,
  key: Key,
  options: Cancellable & { readonly first: Opened; readonly start: number; readonly end: number },
): AsyncGenerator<Buffer> {
  const { end, signal, first } = options
  let { start } = options
  let { body } = first
  for (let breaks = 0; ; breaks += 1) {
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        await bucket.limit(chunk.length, { signal })
        start += chunk.length
        breaks = 0
        yield chunk
      }
    } catch (error) {
      if (error instanceof AppError) throw error
      // A body that breaks off is asked for again from there.
    } finally {
      body.destroy()
    }
    if (start === end) return
    if (start > end || breaks >= mostBreaks) throw cut(key, start, end)
    const again = await open(bucket, key, { start, end, etag: first.etag, signal })
    if (again === null) throw cut(key, start, end)
    body = again.body
  }
}
