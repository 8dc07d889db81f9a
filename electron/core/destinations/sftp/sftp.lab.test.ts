import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { describeDestination } from '../conformance.ts'
import { openTestPlace } from './testing/lab-place.ts'

let host: LabHost

beforeAll(async () => {
  host = await startHost({ layer: 'sftp-target', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
})
afterAll(() => host[Symbol.asyncDispose]())

describeDestination('SFTP (OpenSSH)', () => openTestPlace(host, `upload/${randomUUID()}`))
