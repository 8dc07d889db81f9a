import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { labProfile, openTestPlace, sharedLink } from '../../../../e2e/lab/sftp-place.ts'
import { describeDestination } from '../conformance.ts'

let host: LabHost
let link: Awaited<ReturnType<typeof sharedLink>>

beforeAll(async () => {
  host = await startHost({ layer: 'sftp-target', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  link = await sharedLink(host)
})
afterAll(async () => {
  await link[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

describeDestination('SFTP (OpenSSH)', () => openTestPlace(host, `upload/${randomUUID()}`, link))

test('OpenSSH is written to in requests as large as it takes', async () => {
  const options = { signal: new AbortController().signal }
  await using session = await link.open(labProfile(host, 'upload'), options)
  expect(session.writeSize).toBe(224 * 1024)
})
