import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { openTestPlace, sharedLink } from '../../../../e2e/lab/sftp-place.ts'
import { describeDestination } from '../conformance.ts'

const missing = inject('proftpdMisses')

describe.skipIf(missing !== null)(`another server than OpenSSH ${missing ?? ''}`, () => {
  let host: LabHost
  let link: Awaited<ReturnType<typeof sharedLink>>

  beforeAll(async () => {
    host = await startHost({ kind: 'proftpd' })
    link = await sharedLink(host)
  })
  afterAll(async () => {
    await link[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
  })

  describeDestination('SFTP (ProFTPD)', () => openTestPlace(host, `upload/${randomUUID()}`, link))
})
