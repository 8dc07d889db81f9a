import type { DestinationProfile, ServerSideEncryption } from '../../../../shared/model/destination.ts'

export type BucketProfile = Extract<DestinationProfile, { kind: 's3' | 'b2' }>

/** A bucket as requests need to know it, whoever runs it. */
export interface BucketPlace {
  /** The destination's name. */
  readonly name: string
  readonly endpoint: string | null
  readonly region: string
  readonly bucket: string
  readonly prefix: string
  readonly pathStyle: boolean
  readonly keyId: string
  readonly storageClass: string | null
  readonly encryption: ServerSideEncryption
  readonly authority: string | null
  /** `If-None-Match` can be relied on. */
  readonly conditionalWrites: boolean
}

/** What B2 is like: it answers conditional writes with 501, and has neither storage classes nor a key service. */
export function placeOf(profile: BucketProfile): BucketPlace {
  if (profile.kind === 's3') return profile
  return {
    ...profile,
    pathStyle: true,
    storageClass: null,
    encryption: { kind: 'bucket' },
    authority: null,
    conditionalWrites: false,
  }
}
