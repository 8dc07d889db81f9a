import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost } from '../../../e2e/lab/lab.ts'
import type { LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import type { Survey } from '../../../shared/model/server.ts'
import { realClock } from '../remote/fixture.ts'
import { takeSurvey } from './survey.ts'

const { signal } = new AbortController()
let host: LabHost
beforeAll(async () => {
  host = await startHost({ layer: 'seeded' })
})
afterAll(() => host[Symbol.asyncDispose]())

async function surveyAs(user: string, options: Parameters<typeof logIn>[2] = {}): Promise<Survey> {
  await using login = await logIn(host, user, options)
  return await takeSurvey(login.shell, { clock: realClock, signal })
}

test('root learns everything about a server', async () => {
  const survey = await surveyAs('root')
  expect(survey).toMatchObject({
    hostname: host.name,
    os: 'Debian GNU/Linux 12 (bookworm)',
    panel: null,
    privilege: 'root',
    loginUser: 'root',
    uid: 0,
    codecs: ['zstd', 'pigz', 'gzip', 'none'],
    uidMin: 1000,
    mysql: { version: expect.stringMatching(/^10\.11\./), reachable: true },
    postgresql: { version: expect.stringMatching(/^15\./), reachable: true },
  })
  for (const tool of [
    'tar',
    'find',
    'zstd',
    'setpriv',
    'sudo',
    'mariadb-dump',
    'pg_dump',
    'psql',
    'doveadm',
  ]) {
    expect([tool, survey.tools[tool]]).toEqual([tool, expect.stringMatching(/\d\.\d/)])
  }
  expect(survey.tools).toHaveProperty('crontab')
  for (const folder of ['/', '/home', '/tmp', '/run']) expect(survey.freeBytes[folder]).toBeGreaterThan(0)
})

test('a user with sudo learns the same, and who it is', async () => {
  const survey = await surveyAs('deploy', { sudo: 'without password' })
  expect(survey).toMatchObject({
    privilege: 'sudo',
    loginUser: 'deploy',
    mysql: { reachable: true },
    postgresql: { reachable: true },
  })
  expect(survey.uid).toBeGreaterThanOrEqual(1000)
})

test('a plain hosting user reaches what its own files open', async () => {
  const survey = await surveyAs('plain')
  expect(survey).toMatchObject({
    privilege: 'user',
    loginUser: 'plain',
    mysql: { reachable: true },
    postgresql: { reachable: false },
  })
})

test('a panel is recognised by the place where it lies', async () => {
  await host.exec('mkdir -p /usr/local/hestia')
  expect((await surveyAs('plain')).panel).toBe('hestia')
})
