import { AppError, cancellation, hasCode, throwIfCancelled } from '../../../../shared/errors.ts'
import type { CommittedObject, Key, Upload } from '../destination.ts'
import type { Bucket } from './bucket.ts'
import { dropClaim, isHeld, type ClaimObject } from './claim.ts'
import { Multipart, taken } from './multipart.ts'
import { MemoryPart, SpooledPart, type Part } from './part.ts'
import { mostParts, partsAtOnce, type PartPlan } from './part-size.ts'

interface Options {
  readonly signal: AbortSignal
  readonly plan: PartPlan
}

const asError = (error: unknown): Error =>
  error instanceof Error
    ? error
    : new AppError('internal', 'Something was thrown that is no error.', { cause: error })

/** How long the end of an upload that failed may take, in milliseconds. */
const cleanupPatience = 30_000

/**
 * Collects parts of equal size, of which a few go side by side. What fits one part in memory is stored by one request.
 * Nothing shows under the key before `commit`.
 */
export class S3Upload implements Upload {
  readonly #bucket: Bucket
  readonly #key: Key
  readonly #claim: ClaimObject
  readonly #signal: AbortSignal
  readonly #plan: PartPlan
  #part: Part
  #size = 0
  #begun: Promise<Multipart> | null = null
  #number = 0
  readonly #flying = new Set<Promise<void>>()
  #failure: Error | null = null
  #ended = false

  constructor(bucket: Bucket, key: Key, claim: ClaimObject, { signal, plan }: Options) {
    this.#bucket = bucket
    this.#key = key
    this.#claim = claim
    this.#signal = signal
    this.#plan = plan
    this.#part = this.#newPart()
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      const signal = this.#signal
      await this.#bucket.limit(chunk.byteLength, { signal })
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      for (let at = 0; at < bytes.length;) {
        if (this.#part.length === this.#plan.size) await this.#sendPart()
        const taken = await this.#part.take(bytes.subarray(at))
        at += taken
        this.#size += taken
      }
    })
  }

  /** Confirmed where every part and the whole have the ETag that their MD5 makes. */
  async commit(): Promise<CommittedObject> {
    return this.#guarded(async () => {
      const options = { signal: this.#signal }
      if (this.#begun === null && !this.#plan.spooled) await this.#requireFree()
      else {
        if (this.#begun === null || this.#part.length > 0) await this.#sendPart()
        await Promise.all(this.#flying)
        if (this.#failure !== null) throw this.#failure
        await this.#requireFree()
      }
      throwIfCancelled(this.#signal)
      const etag = this.#begun === null ? await this.#putWhole() : await (await this.#begun).complete(options)
      const stored = await this.#bucket.head(this.#key, options)
      if (stored?.size !== this.#size) {
        throw new AppError(
          'write-failed',
          `${this.#key} has ${stored?.size ?? 'no'} bytes at ${this.#bucket.place.name} instead of ${this.#size}. It does not count as stored.`,
        )
      }
      this.#ended = true
      await this.#part[Symbol.asyncDispose]()
      await dropClaim(this.#bucket, this.#claim, options).catch(() => undefined)
      const { key, size, modified } = stored
      return { key, size, modified, confirmed: etag !== null && etag === stored.etag }
    })
  }

  async abort(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    const options = { signal: AbortSignal.timeout(cleanupPatience) }
    await Promise.allSettled(this.#flying)
    await this.#part[Symbol.asyncDispose]()
    try {
      await (await this.#begun)?.abort(options)
      await dropClaim(this.#bucket, this.#claim, options)
    } catch {
      // Nobody answers now: the claim stays listed, and what is below it goes with it.
    }
  }

  async #sendPart(): Promise<void> {
    if (this.#number >= mostParts) {
      throw new AppError(
        'unsupported',
        `${this.#key} is larger than ${mostParts} parts of ${this.#plan.size} bytes, more than was expected. It was not stored; try again, now that its size is known.`,
      )
    }
    const signal = this.#signal
    this.#begun ??= Multipart.begin(this.#bucket, this.#key, { signal })
    const multipart = await this.#begun
    while (this.#flying.size >= partsAtOnce(this.#plan)) await Promise.race(this.#flying)
    if (this.#failure !== null) throw this.#failure
    const part = this.#part
    this.#part = this.#newPart()
    this.#number += 1
    const sending = multipart
      .send(this.#number, part, { signal })
      .catch((error: unknown) => {
        this.#failure ??= asError(error)
      })
      .finally(async () => {
        await part[Symbol.asyncDispose]()
        this.#flying.delete(sending)
      })
    this.#flying.add(sending)
  }

  #newPart(): Part {
    const { size, spooled } = this.#plan
    return spooled ? new SpooledPart(size, this.#bucket.spoolFolder) : new MemoryPart(size)
  }

  /** The ETag that it must have. */
  async #putWhole(): Promise<string> {
    const options = { signal: this.#signal, absent: this.#bucket.place.conditionalWrites }
    try {
      const body = this.#part.body()
      if (!Buffer.isBuffer(body)) throw new AppError('internal', 'A part on disk cannot be sent as a whole.')
      if (!(await this.#bucket.put(this.#key, body, options))) throw taken(this.#key)
      return this.#part.digest().toString('hex')
    } catch (error) {
      if (hasCode(error, 'corrupt')) await this.#bucket.delete(this.#key, options).catch(() => undefined)
      throw error
    }
  }

  /** Throws `conflict` where the claim is not ours any more, or the key exists. */
  async #requireFree(): Promise<void> {
    const options = { signal: this.#signal }
    if (!(await isHeld(this.#bucket, this.#claim, options))) {
      throw new AppError(
        'conflict',
        `Somebody removed the unfinished ${this.#key} while it was written. Finished backups are unchanged: try again.`,
      )
    }
    if ((await this.#bucket.head(this.#key, options)) !== null) throw taken(this.#key)
  }

  /** Runs one step; the first failure is final. */
  async #guarded<T>(step: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new AppError('internal', `The upload of ${this.#key} has ended already.`)
    if (this.#failure !== null) throw this.#failure
    try {
      throwIfCancelled(this.#signal)
      return await step()
    } catch (error) {
      this.#failure = this.#signal.aborted ? cancellation(this.#signal) : asError(error)
      throw this.#failure
    }
  }
}
