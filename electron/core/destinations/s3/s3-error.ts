import { S3ServiceException } from '@aws-sdk/client-s3'
import { AppError } from '../../../../shared/errors.ts'
import type { BucketPlace } from './bucket-place.ts'

/** What a server said, or null where none answered. */
export interface S3Answer {
  readonly status: number
  /** S3's error code, `NoSuchKey`; a status in words where the answer had no body. */
  readonly code: string
}

export function answerOf(error: unknown): S3Answer | null {
  if (!(error instanceof S3ServiceException)) return null
  return { status: error.$metadata.httpStatusCode ?? 0, code: error.name }
}

/** True where the key, upload or version is not there. */
export function isAbsent(error: unknown): boolean {
  const answer = answerOf(error)
  return answer !== null && answer.status === 404 && answer.code !== 'NoSuchBucket'
}

/** True where `If-None-Match` found the key. */
export const isTaken = (error: unknown): boolean => answerOf(error)?.status === 412

/** True where the server does not know what was asked of it. */
export const isUnsupported = (error: unknown): boolean => answerOf(error)?.status === 501

function networkCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

const kept = 'Finished backups there are unchanged.'

/** What each refusal means, by S3's code. Of others the status decides. */
const byCode: Readonly<Record<string, (place: BucketPlace) => AppError>> = {
  NoSuchBucket: ({ bucket, name }) =>
    new AppError(
      'not-found',
      `There is no bucket ${bucket} at ${name}, or not in this region. Nothing was written; check the name and the region.`,
    ),
  InvalidAccessKeyId: ({ name }) =>
    new AppError(
      'auth-failed',
      `${name} does not know the key id. Nothing was written; check it, or make a new key.`,
    ),
  SignatureDoesNotMatch: ({ name }) =>
    new AppError(
      'auth-failed',
      `${name} refuses the secret key: it does not belong to the key id. Nothing was written; enter both again.`,
    ),
  ExpiredToken: ({ name }) =>
    new AppError('auth-failed', `The key of ${name} has expired. ${kept} Make a new one and enter it.`),
  RequestTimeTooSkewed: ({ name }) =>
    new AppError(
      'auth-failed',
      `The clock of this computer differs from ${name}'s by more than 15 minutes, so it was refused. ${kept} Set the clock and try again.`,
    ),
  AuthorizationHeaderMalformed: ({ region, name }) => wrongRegion(region, name),
  PermanentRedirect: ({ region, name }) => wrongRegion(region, name),
  QuotaExceeded: ({ name }) => noSpace(name),
  EntityTooLarge: ({ name }) => noSpace(name),
}

function wrongRegion(region: string, name: string): AppError {
  return new AppError(
    'invalid-input',
    `The bucket of ${name} is not in the region ${region}. Nothing was written; use the region that the bucket's page shows.`,
  )
}

function noSpace(name: string): AppError {
  return new AppError(
    'no-space',
    `${name} is full, or its quota is used up. ${kept} Free some space or raise the quota.`,
  )
}

/**
 * The `AppError` of a failed request. Retryable codes are those that may pass: `rate-limited` for 503 and 429,
 * `unreachable` where no answer came or the server failed.
 */
export function explainS3(error: unknown, action: string, place: BucketPlace): AppError {
  if (error instanceof AppError) return error
  const answer = answerOf(error)
  const options = {
    cause: error,
    details: { status: answer?.status ?? null, code: answer?.code ?? networkCode(error) },
  }
  if (answer === null || answer.status === 0) {
    return new AppError(
      'unreachable',
      `${action}: ${place.name} gave no answer. ${kept} Check the network and the endpoint.`,
      options,
    )
  }
  const known = byCode[answer.code]
  if (known) {
    const { code, message } = known(place)
    return new AppError(code, `${action}: ${message}`, options)
  }
  const { status } = answer
  if (status === 503 || status === 429) {
    return new AppError(
      'rate-limited',
      `${action}: ${place.name} asks to slow down. ${kept} Try again later.`,
      options,
    )
  }
  if (status >= 500 && status !== 501 && status !== 507) {
    return new AppError(
      'unreachable',
      `${action}: ${place.name} has a failure of its own (${status}). ${kept} Try again later.`,
      options,
    )
  }
  if (status === 507) return new AppError('no-space', noSpace(place.name).message, options)
  if (status === 401 || status === 403) {
    return new AppError(
      'permission-denied',
      `${action}: the key of ${place.name} may not do that. ${kept} Give it the right, or use another key.`,
      options,
    )
  }
  if (status === 301 || status === 307)
    return new AppError('invalid-input', wrongRegion(place.region, place.name).message, options)
  if (status === 404)
    return new AppError('not-found', `${action}: it is not there at ${place.name}. ${kept}`, options)
  if (status === 408 || answer.code === 'BadDigest' || answer.code === 'IncompleteBody') {
    return new AppError(
      'unreachable',
      `${action}: it did not arrive whole at ${place.name}. ${kept} Try again.`,
      options,
    )
  }
  if (status === 409) {
    return new AppError(
      'busy',
      `${action}: somebody else is writing the same at ${place.name}. ${kept} Try again.`,
      options,
    )
  }
  return new AppError(
    'write-failed',
    `${action}: ${place.name} refused (${status} ${answer.code}). ${kept}`,
    options,
  )
}

/** What arrived is not what was sent. */
export function damaged(key: string, name: string): AppError {
  return new AppError(
    'corrupt',
    `${key} arrived damaged at ${name}: its checksum there is another. It does not count as stored; ${kept.charAt(0).toLowerCase()}${kept.slice(1)} Check the network for a proxy, then try again.`,
  )
}
