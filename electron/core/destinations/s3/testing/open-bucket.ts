import { tmpdir } from 'node:os'
import { Secret } from '../../../secrets/secret.ts'
import type { Destination } from '../../destination.ts'
import { jobPatience } from '../../retry.ts'
import type { BucketPlace } from '../bucket-place.ts'
import { Bucket, type BucketOptions } from '../bucket.ts'
import { openS3Destination } from '../s3.ts'
import type { FaultServer } from './fault-server.ts'

/** Pauses of this clock take no time; `slept` has their lengths. */
export const slept: number[] = []

const options: BucketOptions = {
  secret: new Secret('secret'),
  clock: {
    sleep: (ms) => {
      slept.push(ms)
      return Promise.resolve()
    },
  },
  patience: jobPatience,
  throttle: null,
  spoolFolder: tmpdir(),
}

type Reached = Pick<FaultServer, 'endpoint'>

function placeOn(server: Reached, change: Partial<BucketPlace>): BucketPlace {
  return {
    ...{
      name: 'faulty',
      endpoint: server.endpoint,
      region: 'us-west-004',
      bucket: 'b',
      prefix: '',
      pathStyle: true,
    },
    ...{
      keyId: 'key',
      storageClass: null,
      encryption: { kind: 'bucket' },
      authority: null,
      conditionalWrites: true,
    },
    ...change,
  }
}

/** A destination in the fault server's bucket, with a clock that never waits. */
export function openBucketOn(
  server: Reached,
  change: Partial<BucketPlace> = {},
  other: Partial<BucketOptions> = {},
): Destination {
  return openS3Destination(placeOn(server, change), { ...options, ...other })
}

/** The same, as requests. */
export function bucketOn(server: Reached, change: Partial<BucketPlace> = {}): Bucket {
  return new Bucket(placeOn(server, change), options)
}
