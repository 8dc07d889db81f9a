import { randomBytes } from 'node:crypto'
import { hasCode } from '../../../../shared/errors.ts'
import type { Key } from '../destination.ts'
import { claimOf } from '../key.ts'
import type { Bucket } from './bucket.ts'
import { readObject } from './read.ts'

type Cancellable = { readonly signal: AbortSignal }

/** A small object that says who is writing a key. */
export interface ClaimObject {
  readonly key: Key
  readonly token: string
}

async function tokenAt(bucket: Bucket, key: Key, options: Cancellable): Promise<string | null> {
  try {
    const chunks = await (await readObject(bucket, key, options)).toArray()
    return Buffer.concat(chunks as Buffer[]).toString()
  } catch (error) {
    if (hasCode(error, 'not-found')) return null
    throw error
  }
}

/**
 * Claims a key (FORMAT §1): one object that only one can make, where the bucket can refuse; else one for each who
 * tries, and whoever sees another's gives up, so that of two at once at most one wins. Null where it is taken.
 */
export async function makeClaim(bucket: Bucket, key: Key, options: Cancellable): Promise<ClaimObject | null> {
  const id = randomBytes(4).toString('hex')
  const token = `${id}${randomBytes(12).toString('hex')}`
  const body = Buffer.from(token)
  if (bucket.place.conditionalWrites) {
    const claim = { key: claimOf(key), token }
    return (await bucket.put(claim.key, body, { ...options, absent: true })) ? claim : null
  }
  const claim = { key: `${claimOf(key)}-${id}`, token }
  await bucket.put(claim.key, body, { ...options, absent: false })
  for await (const other of bucket.list(claimOf(key), options)) {
    if (other.key === claim.key) continue
    await dropClaim(bucket, claim, options)
    return null
  }
  return claim
}

/** Whether the claim is still there and still this one. */
export async function isHeld(bucket: Bucket, claim: ClaimObject, options: Cancellable): Promise<boolean> {
  return (await tokenAt(bucket, claim.key, options)) === claim.token
}

/** Removes a claim where it is still this one. */
export async function dropClaim(bucket: Bucket, claim: ClaimObject, options: Cancellable): Promise<void> {
  if (await isHeld(bucket, claim, options)) await bucket.delete(claim.key, options)
}
