import { randomBytes } from 'node:crypto'
import type { Bucket } from './bucket.ts'
import { hasCode } from '../../../../shared/errors.ts'

type Cancellable = { readonly signal: AbortSignal }

/**
 * Whether the bucket refuses to replace an object where it is asked to. Some servers say that they do not know how,
 * others ignore the question. Throws where the key may not write there at all.
 */
export async function provesConditionalWrites(bucket: Bucket, options: Cancellable): Promise<boolean> {
  const key = `.holdfast-probe-${randomBytes(4).toString('hex')}`
  await bucket.put(key, Buffer.from('1'), { ...options, absent: false })
  try {
    return !(await bucket.put(key, Buffer.from('2'), { ...options, absent: true }))
  } catch (error) {
    if (hasCode(error, 'write-failed') || hasCode(error, 'permission-denied')) return false
    throw error
  } finally {
    // A key that may not delete leaves three bytes there.
    await bucket.delete(key, options).catch(() => undefined)
  }
}
