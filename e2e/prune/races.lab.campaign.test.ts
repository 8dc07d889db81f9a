import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { recordFigure } from '../figures.ts'
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

  test.each([true, false])(
    '100 races of two processes that prune remove what the policy says: conditional writes %s',
    async (conditionalWrites) => {
      const place = labPlace({ endpoint: `http://${host.ip}:7480`, name: 'there', conditionalWrites })
      await makeBucket(place)
      const account = await racePrunes(place, 100)
      recordFigure(`prunes that race in one bucket, conditional writes ${conditionalWrites}`, { ...account })
      expect(account).toMatchObject({ races: 100, failed: 0, violations: 0 })
      expect(account.refused).toBeGreaterThan(0)
    },
  )
})
