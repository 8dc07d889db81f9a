import { AppError } from '../../../shared/errors.ts'
import type { DestinationFinding, DestinationProfile } from '../../../shared/model/destination.ts'
import type { Clock } from '../ports.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Throttle } from '../throttle.ts'
import type { Destination } from './destination.ts'
import { prepareLocalPlace } from './local-place.ts'
import { openLocalDestination } from './local.ts'
import { Findings, probeDestination } from './probe.ts'
import { askedPatience, type Patience } from './retry.ts'
import { placeOf, type BucketProfile } from './s3/bucket-place.ts'
import { Bucket } from './s3/bucket.ts'
import { provesConditionalWrites } from './s3/conditional-writes.ts'
import { probeBucket } from './s3/probe-bucket.ts'
import { openS3Destination } from './s3/s3.ts'
import type { OpenSftp } from './sftp/link.ts'
import { prepareSftpPlace } from './sftp/place.ts'
import { SftpSession } from './sftp/session.ts'
import { openSftpDestination } from './sftp/sftp.ts'

type Kind = DestinationProfile['kind']
type ProfileOf<K extends Kind> = Extract<DestinationProfile, { kind: K }>

/** What opening one destination takes. */
export interface Reach {
  readonly clock: Clock
  readonly openSftp: OpenSftp
  /** The secret key of a bucket. Null where none is stored. */
  readonly secret: (profile: DestinationProfile) => Promise<Secret | null>
  readonly throttle: Throttle | null
  readonly patience: Patience
  /** A folder of this computer for parts that are too large for memory. */
  readonly spoolFolder: string
  readonly signal: AbortSignal
}

async function bucketOptions(profile: BucketProfile, reach: Reach) {
  const secret = await reach.secret(profile)
  if (secret !== null) return { ...reach, secret }
  throw new AppError(
    'auth-failed',
    `The secret key of ${profile.name} is not stored on this computer, so nothing was sent. Remove the destination and add it again; what lies there stays.`,
  )
}

/** What cannot be reached at first is not waited for. */
async function openBucket(profile: BucketProfile, reach: Reach): Promise<Destination> {
  const options = await bucketOptions(profile, reach)
  using first = new Bucket(placeOf(profile), { ...options, patience: askedPatience })
  await first.reach(reach)
  return openS3Destination(placeOf(profile), options)
}

async function prepareBucket<P extends BucketProfile>(profile: P, reach: Reach): Promise<P> {
  using bucket = new Bucket(placeOf(profile), await bucketOptions(profile, reach))
  const conditionalWrites = await provesConditionalWrites(bucket, reach)
  return profile.kind === 's3' ? { ...profile, conditionalWrites } : profile
}

async function testBucket(profile: BucketProfile, findings: Findings, reach: Reach): Promise<void> {
  using bucket = new Bucket(placeOf(profile), await bucketOptions(profile, reach))
  await probeBucket(bucket, findings, reach)
}

interface Row<P extends DestinationProfile> {
  prepare(profile: P, reach: Reach): Promise<P>
  open(profile: P, reach: Reach): Promise<Destination>
  /** What only this kind has to be tried. */
  probe?(profile: P, findings: Findings, reach: Reach): Promise<void>
}

/** One row per kind; a missing one does not compile. */
const kinds: { readonly [K in Kind]: Row<ProfileOf<K>> } = {
  local: {
    prepare: async (profile) => {
      await prepareLocalPlace(profile.path)
      return profile
    },
    open: openLocalDestination,
  },
  sftp: {
    prepare: async (profile, reach) => {
      await using session = new SftpSession(profile, { ...reach, open: reach.openSftp })
      await prepareSftpPlace(session, reach)
      return profile
    },
    open: (profile, reach) => openSftpDestination(profile, { ...reach, open: reach.openSftp }),
  },
  s3: { prepare: prepareBucket, open: openBucket, probe: testBucket },
  b2: { prepare: prepareBucket, open: openBucket, probe: testBucket },
}

const rowOf = (profile: DestinationProfile): Row<DestinationProfile> => kinds[profile.kind]

/**
 * Makes a place fit to be a destination, when its profile is added: creates what is missing, and finds out what it can.
 * Idempotent; another computer's destination in the same place is shared. Returns the profile with what was found.
 * @throws `invalid-input`, `no-space`, `permission-denied`, `write-failed`, `auth-failed`, `unreachable`
 */
export async function prepareDestination(
  profile: DestinationProfile,
  reach: Reach,
): Promise<DestinationProfile> {
  return rowOf(profile).prepare(profile, reach)
}

/**
 * Opens a destination by its profile. Disposing it releases its claims.
 * @throws `unreachable` where it is not there as it was prepared, `permission-denied`, and as a login does
 */
export async function openDestination(profile: DestinationProfile, reach: Reach): Promise<Destination> {
  return rowOf(profile).open(profile, reach)
}

/** Tries at a destination what backups do. What does not work is a finding; throws only where somebody cancelled. */
export async function testDestination(
  profile: DestinationProfile,
  reach: Reach,
): Promise<readonly DestinationFinding[]> {
  const findings = new Findings(reach)
  await using stack = new AsyncDisposableStack()
  const opened: Destination[] = []
  await findings.try('reach', async () => {
    opened.push(stack.use(await openDestination(profile, reach)))
    return 'It can be reached.'
  })
  const [destination] = opened
  if (destination === undefined) return findings.list
  await probeDestination(destination, findings, reach)
  if (!findings.list.some(({ state }) => state === 'failed'))
    await rowOf(profile).probe?.(profile, findings, reach)
  return findings.list
}
