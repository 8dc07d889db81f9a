import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { realClock } from './login.ts'
import { Secret } from '../../electron/core/secrets/secret.ts'
import type { PlaceUnderTest } from '../../electron/core/destinations/conformance.ts'
import { askedPatience } from '../../electron/core/destinations/retry.ts'
import type { BucketPlace } from '../../electron/core/destinations/s3/bucket-place.ts'
import { Bucket, type BucketOptions } from '../../electron/core/destinations/s3/bucket.ts'
import { openS3Destination } from '../../electron/core/destinations/s3/s3.ts'

/** How the lab's S3 server is reached. */
export function labPlace(change: Partial<BucketPlace> & { readonly endpoint: string }): BucketPlace {
  return {
    ...{ name: 'lab-s3', region: 'us-east-1', bucket: `b-${randomBytes(6).toString('hex')}`, prefix: '' },
    ...{ pathStyle: true, keyId: 'LABKEY', storageClass: null, encryption: { kind: 'bucket' } },
    ...{ authority: null, conditionalWrites: true },
    ...change,
  }
}

export const labOptions: BucketOptions = {
  secret: new Secret('labsecret'),
  clock: realClock,
  patience: askedPatience,
  throttle: null,
  spoolFolder: tmpdir(),
}

/** Makes a bucket there. */
export async function makeBucket(place: BucketPlace, lock = false): Promise<void> {
  using bucket = new Bucket(place, labOptions)
  await bucket.client.send(
    new CreateBucketCommand({ Bucket: place.bucket, ...(lock ? { ObjectLockEnabledForBucket: true } : {}) }),
  )
}

/** A new bucket, on which several destinations can be opened. */
export async function emptyBucket(
  change: Partial<BucketPlace> & { readonly endpoint: string },
): Promise<PlaceUnderTest> {
  const place = labPlace(change)
  await makeBucket(place)
  return {
    open: () => Promise.resolve(openS3Destination(place, labOptions)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
