import { createHash } from 'node:crypto'
import { Agent } from 'node:https'
import * as S3 from '@aws-sdk/client-s3'
import { hasCode, throwIfCancelled } from '../../../../shared/errors.ts'
import type { Clock } from '../../ports.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { Throttle } from '../../throttle.ts'
import type { Key, StoredObject } from '../destination.ts'
import { isKey } from '../key.ts'
import { retrying, type Patience } from '../retry.ts'
import type { BucketPlace } from './bucket-place.ts'
import { planParts, type PartPlan } from './part-size.ts'
import { damaged, explainS3, isAbsent, isTaken } from './s3-error.ts'

export interface BucketOptions {
  readonly secret: Secret
  readonly clock: Pick<Clock, 'sleep'>
  readonly patience: Patience
  readonly throttle: Throttle | null
  /** A folder of this computer for parts that are too large for memory. */
  readonly spoolFolder: string
  /** How objects are cut. Default: `planParts`. */
  readonly planParts?: typeof planParts
}

type Cancellable = { readonly signal: AbortSignal }

/** An object with what tells its content apart. */
export interface Found extends StoredObject {
  readonly etag: string
}

/** How long a connection may take to come, and an open one to say nothing, in milliseconds. */
const connectTimeout = 20_000
const silence = 60_000

const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest()

export const plainEtag = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '')

/** What a server says that it stored. */
interface Stored {
  readonly ETag?: string | undefined
  readonly ServerSideEncryption?: string | undefined
}

/** True where the ETag is the MD5 of other bytes than expected. With a key service it is no MD5. */
export function differs({ ETag, ServerSideEncryption = '' }: Stored, expected: string): boolean {
  const etag = plainEtag(ETag)
  return (
    !ServerSideEncryption.startsWith('aws:kms') && /^[0-9a-f]{32}(-\d+)?$/.test(etag) && etag !== expected
  )
}

/**
 * The requests to one bucket, by keys below its prefix, repeated with growing pauses where a failure may pass.
 * Bodies go with their MD5, which every server checks; none of the newer checksums is used, because servers other
 * than Amazon's refuse them.
 */
export class Bucket implements Disposable {
  readonly place: BucketPlace
  readonly client: S3.S3Client
  readonly #options: BucketOptions

  constructor(place: BucketPlace, options: BucketOptions) {
    this.place = place
    this.#options = options
    this.client = new S3.S3Client({
      region: place.region,
      ...(place.endpoint === null ? {} : { endpoint: place.endpoint }),
      forcePathStyle: place.pathStyle,
      credentials: { accessKeyId: place.keyId, secretAccessKey: options.secret.reveal() },
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      followRegionRedirects: false,
      requestHandler: {
        connectionTimeout: connectTimeout,
        socketTimeout: silence,
        ...(place.authority === null
          ? {}
          : { httpsAgent: new Agent({ keepAlive: true, ca: place.authority }) }),
      },
    })
  }

  /** Asks for one name, to see that the bucket answers. A key that may not list is no failure. Throws as `explainS3`. */
  async reach(options: Cancellable): Promise<void> {
    const { Bucket, Key } = this.at('')
    try {
      await this.run('Could not look into the bucket', options, (request) =>
        this.client.send(new S3.ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }), request),
      )
    } catch (error) {
      if (!hasCode(error, 'permission-denied')) throw error
    }
  }

  /** Bucket and full key, as every request names an object. */
  at(key: Key): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.place.bucket, Key: this.place.prefix === '' ? key : `${this.place.prefix}/${key}` }
  }

  /** Runs a request, and again where a failure may pass. `attempt` counts from 0. */
  async run<T>(
    action: string,
    { signal }: Cancellable,
    request: (options: { readonly abortSignal: AbortSignal }, attempt: number) => Promise<T>,
  ): Promise<T> {
    return retrying(
      async (attempt) => {
        throwIfCancelled(signal)
        try {
          return await request({ abortSignal: signal }, attempt)
        } catch (error) {
          throwIfCancelled(signal)
          throw explainS3(error, action, this.place)
        }
      },
      { ...this.#options, signal },
    )
  }

  /** How an object of about so many bytes is cut. Throws as `planParts`. */
  plan(size: number | null): PartPlan {
    return (this.#options.planParts ?? planParts)(size)
  }

  get spoolFolder(): string {
    return this.#options.spoolFolder
  }

  /** Waits as the destination's limit says, before so many bytes go either way. */
  async limit(bytes: number, options: Cancellable): Promise<void> {
    await this.#options.throttle?.take(bytes, options)
  }

  /** How new objects are to be kept. */
  get storing(): Partial<S3.PutObjectCommandInput> {
    const { storageClass, encryption } = this.place
    return {
      ...(storageClass === null ? {} : { StorageClass: storageClass as S3.StorageClass }),
      ...(encryption.kind === 'aes256' ? { ServerSideEncryption: 'AES256' } : {}),
      ...(encryption.kind === 'kms' ? { ServerSideEncryption: 'aws:kms' } : {}),
      ...(encryption.kind === 'kms' && encryption.keyId !== null ? { SSEKMSKeyId: encryption.keyId } : {}),
    }
  }

  /** Null where there is no such object. */
  async head(key: Key, options: Cancellable): Promise<Found | null> {
    return this.run(`Could not look at ${key}`, options, async (request) => {
      try {
        const found = await this.client.send(new S3.HeadObjectCommand(this.at(key)), request)
        return {
          key,
          size: found.ContentLength ?? 0,
          modified: found.LastModified ?? new Date(0),
          etag: plainEtag(found.ETag),
        }
      } catch (error) {
        if (isAbsent(error)) return null
        throw error
      }
    })
  }

  /**
   * Stores a small object whole. With `absent`, only where there is none, which needs `conditionalWrites`; false where
   * there was one. An answer that was lost is no other's object.
   */
  async put(key: Key, body: Buffer, options: Cancellable & { readonly absent: boolean }): Promise<boolean> {
    const digest = md5(body)
    return this.run(`Could not store ${key}`, options, async (request, attempt) => {
      try {
        const stored = await this.client.send(
          new S3.PutObjectCommand({
            ...this.at(key),
            ...this.storing,
            Body: body,
            ContentLength: body.length,
            ContentMD5: digest.toString('base64'),
            ...(options.absent ? { IfNoneMatch: '*' } : {}),
          }),
          request,
        )
        if (differs(stored, digest.toString('hex'))) throw damaged(key, this.place.name)
        return true
      } catch (error) {
        if (!options.absent || !isTaken(error)) throw error
        return attempt > 0 && (await this.head(key, options))?.etag === digest.toString('hex')
      }
    })
  }

  /** Idempotent. */
  async delete(key: Key, options: Cancellable): Promise<void> {
    await this.run(`Could not delete ${key}`, options, async (request) => {
      await this.client.send(new S3.DeleteObjectCommand(this.at(key)), request).catch((error: unknown) => {
        if (!isAbsent(error)) throw error
      })
    })
  }

  /** All objects whose key begins with the prefix, sorted by key. What is no key is passed over. */
  async *list(prefix: string, options: Cancellable): AsyncGenerator<StoredObject> {
    const { Bucket, Key: full } = this.at(prefix)
    const own = full.length - prefix.length
    let token: string | undefined
    do {
      const page = await this.run('Could not list', options, (request) =>
        this.client.send(
          new S3.ListObjectsV2Command({ Bucket, Prefix: full, ContinuationToken: token }),
          request,
        ),
      )
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        const key = (Key ?? '').slice(own)
        if (isKey(key)) yield { key, size: Size ?? 0, modified: LastModified ?? new Date(0) }
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }

  [Symbol.dispose](): void {
    this.client.destroy()
  }
}
