import { createHash } from 'node:crypto'
import * as S3 from '@aws-sdk/client-s3'
import { AppError } from '../../../../shared/errors.ts'
import type { Key } from '../destination.ts'
import { differs, plainEtag, type Bucket } from './bucket.ts'
import type { Part } from './part.ts'
import { damaged, isAbsent, isTaken } from './s3-error.ts'

type Cancellable = { readonly signal: AbortSignal }

interface SentPart {
  readonly number: number
  readonly etag: string
  readonly digest: Buffer
}

/** A multipart upload that has begun. Parts may go side by side; they are counted from 1. */
export class Multipart {
  readonly #bucket: Bucket
  readonly #key: Key
  readonly #id: string
  readonly #parts: SentPart[] = []

  private constructor(bucket: Bucket, key: Key, id: string) {
    this.#bucket = bucket
    this.#key = key
    this.#id = id
  }

  static async begin(bucket: Bucket, key: Key, options: Cancellable): Promise<Multipart> {
    const begun = await bucket.run(`Could not begin ${key}`, options, (request) =>
      bucket.client.send(
        new S3.CreateMultipartUploadCommand({ ...bucket.at(key), ...bucket.storing }),
        request,
      ),
    )
    if (begun.UploadId === undefined) {
      throw new AppError('write-failed', `${bucket.place.name} gave no name to the upload of ${key}.`)
    }
    return new Multipart(bucket, key, begun.UploadId)
  }

  /** Throws `corrupt` where the server stored other bytes, `conflict` where somebody ended the upload. */
  async send(number: number, part: Part, options: Cancellable): Promise<void> {
    const digest = part.digest()
    const { client, place } = this.#bucket
    await this.#bucket.run(`Could not store ${this.#key}`, options, async (request) => {
      const stored = await client
        .send(
          new S3.UploadPartCommand({
            ...this.#named,
            PartNumber: number,
            Body: part.body(),
            ContentLength: part.length,
            ContentMD5: digest.toString('base64'),
          }),
          request,
        )
        .catch((error: unknown) => {
          throw isAbsent(error) ? this.#ended() : error
        })
      if (differs(stored, digest.toString('hex'))) throw damaged(this.#key, place.name)
      this.#parts.push({ number, etag: plainEtag(stored.ETag), digest })
    })
  }

  /**
   * Makes the object visible; where the bucket can, only if there is none. An answer that was lost is looked for.
   * Returns the ETag that the object must have, or null where the server did not say of each part that it has its MD5.
   * @throws `conflict` where the key exists or somebody ended the upload
   */
  async complete(options: Cancellable): Promise<string | null> {
    const parts = this.#parts.toSorted((a, b) => a.number - b.number)
    const digest = createHash('md5')
    for (const part of parts) digest.update(part.digest)
    const expected = `${digest.digest('hex')}-${parts.length}`
    const { client, place } = this.#bucket
    await this.#bucket.run(`Could not finish ${this.#key}`, options, async (request, attempt) => {
      try {
        await client.send(
          new S3.CompleteMultipartUploadCommand({
            ...this.#named,
            ...(place.conditionalWrites ? { IfNoneMatch: '*' } : {}),
            MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
          }),
          request,
        )
      } catch (error) {
        if (!isAbsent(error) && !isTaken(error)) throw error
        const found = attempt === 0 ? null : await this.#bucket.head(this.#key, options)
        if (found?.etag === expected) return
        throw isTaken(error) ? taken(this.#key) : this.#ended()
      }
    })
    return parts.every(({ etag, digest: own }) => etag === own.toString('hex')) ? expected : null
  }

  /** Idempotent. Parts that are still on their way must have ended. */
  async abort(options: Cancellable): Promise<void> {
    await this.#bucket.run(`Could not take back ${this.#key}`, options, async (request) => {
      await this.#bucket.client
        .send(new S3.AbortMultipartUploadCommand(this.#named), request)
        .catch((error: unknown) => {
          if (!isAbsent(error)) throw error
        })
    })
  }

  get #named() {
    return { ...this.#bucket.at(this.#key), UploadId: this.#id }
  }

  #ended(): AppError {
    return new AppError(
      'conflict',
      `Somebody removed the unfinished ${this.#key} while it was written. Finished backups are unchanged: try again.`,
    )
  }
}

/** The refusal of a key that exists. */
export function taken(key: Key): AppError {
  return new AppError('conflict', `${key} exists already. It was left as it is: choose another name.`)
}

/** Ends every upload of a key that begins with the prefix, whoever began it. Returns how many there were. */
export async function abortMultiparts(bucket: Bucket, prefix: Key, options: Cancellable): Promise<number> {
  const { Bucket: name, Key: full } = bucket.at(prefix)
  let ended = 0
  let at: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {}
  while (at !== null) {
    const marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = at
    const page: S3.ListMultipartUploadsCommandOutput = await bucket.run(
      'Could not list unfinished uploads',
      options,
      (request) =>
        bucket.client.send(
          new S3.ListMultipartUploadsCommand({ Bucket: name, Prefix: full, ...marker }),
          request,
        ),
    )
    for (const { Key, UploadId } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) continue
      await bucket.run('Could not take back an unfinished upload', options, async (request) => {
        await bucket.client
          .send(new S3.AbortMultipartUploadCommand({ Bucket: name, Key, UploadId }), request)
          .catch((error: unknown) => {
            if (!isAbsent(error)) throw error
          })
      })
      ended += 1
    }
    at =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : null
  }
  return ended
}
