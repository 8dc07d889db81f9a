import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startHost, type LabHost } from '../lab/lab.ts'
import { labPlace, makeBucket } from '../lab/s3-place.ts'
import { racePrunes } from './race-prunes.ts'

const missing = inject('s3Misses')

describe.skipIf(missing !== null)(`two computers and one bucket ${missing ?? ''}`, () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ kind: 's3' })
  })
  afterAll(() => host[Symbol.asyncDispose]())

  test('two processes that prune at the same time remove what the policy says, and nothing else', async () => {
    const place = labPlace({ endpoint: `http://${host.ip}:7480`, name: 'there' })
    await makeBucket(place)
    const account = await racePrunes(place, 4)
    expect(account).toMatchObject({ races: 4, failed: 0, violations: 0 })
    expect(account.pruned + account.refused).toBe(8)
  })
})
