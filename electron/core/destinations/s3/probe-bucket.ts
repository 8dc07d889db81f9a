import { randomBytes } from 'node:crypto'
import * as S3 from '@aws-sdk/client-s3'
import { AppError } from '../../../../shared/errors.ts'
import type { Clock } from '../../ports.ts'
import type { Findings } from '../probe.ts'
import { provesConditionalWrites } from './conditional-writes.ts'
import type { Bucket } from './bucket.ts'
import { abortMultiparts, Multipart } from './multipart.ts'
import { MemoryPart } from './part.ts'
import { answerOf } from './s3-error.ts'

interface Options {
  readonly clock: Pick<Clock, 'now'>
  readonly signal: AbortSignal
}

/** A clock may be so far off, in milliseconds, before it is worth a word. Requests fail from 15 minutes on. */
const skewWorthAWord = 3 * 60_000

/** What only buckets have: multipart uploads, conditional writes, versions, locks, rules. Changes none of these. */
export async function probeBucket(bucket: Bucket, findings: Findings, options: Options): Promise<void> {
  await clock(bucket, findings, options)
  if (bucket.place.endpoint?.startsWith('http:') === true) {
    findings.add(
      'transport',
      'advice',
      'The endpoint is http: who can listen on the way can read the backups.',
    )
  }
  await findings.try('uploads', async () => {
    const stem = `.holdfast-probe-${randomBytes(4).toString('hex')}`
    const multipart = await Multipart.begin(bucket, stem, options)
    const part = new MemoryPart(1024)
    await part.take(randomBytes(1024))
    await multipart.send(1, part, options)
    await multipart.abort(options)
    return 'Uploads in parts can be made and taken back.'
  })
  await findings.try(
    'uploads',
    async () => {
      const left = await abortMultiparts(bucket, `.holdfast-probe-`, options)
      return left === 0
        ? 'Unfinished uploads can be listed.'
        : 'Unfinished uploads of earlier tests were taken back.'
    },
    'advice',
  )
  const conditional = await provesConditionalWrites(bucket, options)
  const many =
    'Claims of names are told apart by listing: two computers that write at the same moment take two numbers.'
  if (!conditional) findings.add('exclusive', 'advice', `It cannot refuse to replace an object. ${many}`)
  await settings(bucket, findings, options)
}

async function clock(bucket: Bucket, findings: Findings, { clock: own, signal }: Options): Promise<void> {
  await findings.try(
    'clock',
    async () => {
      let date: string | undefined
      bucket.client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args)
          date = (result.response as { headers?: Record<string, string> }).headers?.['date']
          return result
        },
        { step: 'deserialize', priority: 'low', name: 'readDate', override: true },
      )
      await bucket.head('.holdfast-probe-clock', { signal })
      bucket.client.middlewareStack.remove('readDate')
      const theirs = date === undefined ? Number.NaN : Date.parse(date)
      const skew = Math.abs(theirs - own.now().getTime())
      if (Number.isNaN(skew)) return 'It does not tell its time.'
      if (skew <= skewWorthAWord) return 'Its clock and ours say the same.'
      throw new AppError(
        'unsupported',
        `The clocks differ by ${Math.round(skew / 60_000)} minutes. From 15 on nothing works: set the clock of this computer.`,
      )
    },
    'advice',
  )
}

/** Asks for one setting; null where the server does not know it or the key may not ask. */
async function ask<T>(request: Promise<T>): Promise<T | 'absent' | 'unknown'> {
  try {
    return await request
  } catch (error) {
    const answer = answerOf(error)
    if (answer === null) throw error
    return answer.status === 404 ? 'absent' : 'unknown'
  }
}

async function settings(bucket: Bucket, findings: Findings, { signal }: Options): Promise<void> {
  const Bucket = bucket.place.bucket
  const request = { abortSignal: signal }
  const { client } = bucket
  const unknown = (what: 'versions' | 'lock' | 'lifecycle', name: string) =>
    findings.add(what, 'advice', `The key may not ask for ${name}, so it is not known. Backups work without.`)

  const versions = await ask(client.send(new S3.GetBucketVersioningCommand({ Bucket }), request))
  if (versions === 'unknown') unknown('versions', 'the versioning of the bucket')
  else if (versions !== 'absent' && versions.Status === 'Enabled') {
    findings.add(
      'versions',
      'advice',
      'The bucket keeps old versions: what is deleted goes on costing until a lifecycle rule removes it.',
    )
  } else findings.add('versions', 'ok', 'The bucket keeps no old versions.')

  const lock = await ask(client.send(new S3.GetObjectLockConfigurationCommand({ Bucket }), request))
  const rule = typeof lock === 'string' ? null : lock.ObjectLockConfiguration
  if (lock === 'unknown') unknown('lock', 'the object lock of the bucket')
  else if (rule?.ObjectLockEnabled === 'Enabled') {
    const days = rule.Rule?.DefaultRetention?.Days
    const time =
      days === undefined ? 'No time is set for all objects.' : `Nothing can be deleted for ${days} days.`
    findings.add(
      'lock',
      'advice',
      `The bucket has object lock. ${time} Retention removes what is locked only afterwards.`,
    )
  } else findings.add('lock', 'ok', 'The bucket has no object lock.')

  const rules = await ask(client.send(new S3.GetBucketLifecycleConfigurationCommand({ Bucket }), request))
  const active =
    typeof rules === 'string' ? [] : (rules.Rules ?? []).filter(({ Status }) => Status === 'Enabled')
  if (rules === 'unknown') unknown('lifecycle', 'the lifecycle rules of the bucket')
  else if (active.some((each) => each.Expiration !== undefined)) {
    findings.add(
      'lifecycle',
      'advice',
      'A lifecycle rule of the bucket deletes objects by age, backups too, whatever retention says here. Remove it, or limit it to another prefix.',
    )
  } else if (active.some((each) => each.AbortIncompleteMultipartUpload !== undefined)) {
    findings.add('lifecycle', 'ok', 'A lifecycle rule takes unfinished uploads back.')
  } else {
    findings.add(
      'lifecycle',
      'advice',
      'No lifecycle rule takes unfinished uploads back. Holdfast does that itself; a rule AbortIncompleteMultipartUpload of 7 days also helps after a lost laptop.',
    )
  }
}
