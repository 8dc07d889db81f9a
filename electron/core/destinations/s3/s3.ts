import { AppError, hasCode, throwIfCancelled } from '../../../../shared/errors.ts'
import type { Destination, DestinationCapabilities, Key, Range, StoredObject } from '../destination.ts'
import { assertKey, isClaim } from '../key.ts'
import type { BucketPlace } from './bucket-place.ts'
import { Bucket, type BucketOptions } from './bucket.ts'
import { dropClaim, makeClaim, type ClaimObject } from './claim.ts'
import { abortMultiparts, taken as keyTaken } from './multipart.ts'
import { requireSpoolFor } from './part-size.ts'
import { readObject } from './read.ts'
import { S3Upload } from './upload.ts'

type Cancellable = { readonly signal: AbortSignal }

/** How long giving claims back may take when nobody waits any more, in milliseconds. */
const cleanupPatience = 30_000

/**
 * A bucket, or what lies below a prefix in it. Nothing is asked of it before it is used.
 * @throws nothing; each operation throws as `explainS3` says
 */
export function openS3Destination(place: BucketPlace, options: BucketOptions): Destination {
  return new S3Destination(new Bucket(place, options))
}

class S3Destination implements Destination {
  readonly name: string
  readonly capabilities: DestinationCapabilities
  readonly #bucket: Bucket
  readonly #claims = new Map<Key, ClaimObject>()

  constructor(bucket: Bucket) {
    this.name = bucket.place.name
    this.#bucket = bucket
    this.capabilities = {
      readBack: true,
      confirms: bucket.place.encryption.kind !== 'kms',
      exclusiveCreate: bucket.place.conditionalWrites,
      replace: true,
      path: () => null,
    }
  }

  async create(key: Key, { signal, size = null }: Cancellable & { readonly size?: number | null }) {
    started(key, signal)
    const claim = this.#claims.get(key) ?? (await makeClaim(this.#bucket, key, { signal }))
    this.#claims.delete(key)
    if (claim === null) {
      throw new AppError(
        'conflict',
        `${key} is being written by another run, or one was interrupted. It was left as it is: choose another name.`,
      )
    }
    try {
      const plan = this.#bucket.plan(size)
      await requireSpoolFor(plan, this.#bucket.spoolFolder)
      return new S3Upload(this.#bucket, key, claim, { signal, plan })
    } catch (error) {
      await dropClaim(this.#bucket, claim, { signal })
      throw error
    }
  }

  async put(
    key: Key,
    body: Uint8Array,
    { signal, replace = false }: Cancellable & { readonly replace?: boolean },
  ): Promise<StoredObject> {
    started(key, signal)
    const absent = !replace && this.#bucket.place.conditionalWrites
    if (!replace && !absent && (await this.#bucket.head(key, { signal })) !== null) throw keyTaken(key)
    try {
      if (!(await this.#bucket.put(key, Buffer.from(body), { signal, absent }))) throw keyTaken(key)
    } catch (error) {
      // What replaced another is left: there is nothing better.
      if (!replace && hasCode(error, 'corrupt')) await this.#bucket.delete(key, { signal })
      throw error
    }
    const stored = await this.stat(key, { signal })
    if (stored?.size === body.byteLength) return stored
    throw new AppError('write-failed', `${key} was stored at ${this.name} and is not there as it was sent.`)
  }

  async claim(key: Key, taken: readonly Key[], { signal }: Cancellable): Promise<boolean> {
    started(key, signal)
    const claim = await makeClaim(this.#bucket, key, { signal })
    if (claim === null) return false
    try {
      const found = await Promise.all([key, ...taken].map((name) => this.#bucket.head(name, { signal })))
      if (found.some((object) => object !== null)) {
        await dropClaim(this.#bucket, claim, { signal })
        return false
      }
    } catch (error) {
      await dropClaim(this.#bucket, claim, { signal: AbortSignal.timeout(cleanupPatience) }).catch(
        () => undefined,
      )
      throw error
    }
    this.#claims.set(key, claim)
    return true
  }

  async release(key: Key): Promise<void> {
    const claim = this.#claims.get(key)
    this.#claims.delete(key)
    if (claim === undefined) return
    // What cannot be given back now stays listed.
    await dropClaim(this.#bucket, claim, { signal: AbortSignal.timeout(cleanupPatience) }).catch(
      () => undefined,
    )
  }

  async get(key: Key, options: Cancellable & { readonly range?: Range }) {
    started(key, options.signal)
    return readObject(this.#bucket, key, options)
  }

  async stat(key: Key, options: Cancellable): Promise<StoredObject | null> {
    started(key, options.signal)
    const found = await this.#bucket.head(key, options)
    return found && { key, size: found.size, modified: found.modified }
  }

  list(prefix: string, options: Cancellable): AsyncIterable<StoredObject> {
    return this.#bucket.list(prefix, options)
  }

  /** With a claim goes the upload that it stands for. */
  async delete(key: Key, options: Cancellable): Promise<void> {
    started(key, options.signal)
    if (isClaim(key)) await this.#endUploads(key.replace(/\.claim(-[0-9a-f]{8})?$/, ''), options)
    await this.#bucket.delete(key, options)
  }

  async free({ signal }: Cancellable): Promise<number | null> {
    throwIfCancelled(signal)
    return null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#claims.keys()].map((key) => this.release(key)))
    this.#bucket[Symbol.dispose]()
  }

  async #endUploads(stem: Key, options: Cancellable): Promise<void> {
    try {
      await abortMultiparts(this.#bucket, stem, options)
    } catch (error) {
      // A key that may not list uploads leaves them to the bucket's lifecycle rule.
      if (!(error instanceof AppError) || error.code !== 'permission-denied') throw error
    }
  }
}

function started(key: Key, signal: AbortSignal): void {
  assertKey(key)
  throwIfCancelled(signal)
}
