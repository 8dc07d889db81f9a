import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { describeDestination } from '../conformance.ts'
import { emptyBucket } from '../../../../e2e/lab/s3-place.ts'

const missing = inject('s3Misses')

describe.skipIf(missing !== null)(`buckets of a real server ${missing ?? ''}`, () => {
  let host: LabHost

  beforeAll(async () => {
    host = await startHost({ kind: 's3' })
  })
  afterAll(() => host[Symbol.asyncDispose]())

  describeDestination('S3 (Ceph, http)', () => emptyBucket({ endpoint: `http://${host.ip}:7480` }))

  describeDestination('S3 (Ceph, https, below a prefix)', async () => {
    const authority = await readFile(host.authority, 'utf8')
    return emptyBucket({ endpoint: `https://${host.ip}:7443`, prefix: 'holdfast/web', authority })
  })

  describeDestination('S3 without conditional writes (Ceph)', () =>
    emptyBucket({ endpoint: `http://${host.ip}:7480`, conditionalWrites: false }),
  )
})
