import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHookServer, type HookServer } from '../../electron/core/watching/testing/hook-server.ts'
import { startMailServer, type MailServer } from '../../electron/core/watching/testing/mail-server.ts'
import { Holdfast } from './holdfast.ts'

let holdfast: Holdfast
let mail: MailServer
let hook: HookServer

beforeAll(async () => {
  holdfast = await Holdfast.withVault()
  mail = await startMailServer({ password: 'pw-ops' })
  hook = await startHookServer()
})
afterAll(async () => {
  await hook[Symbol.asyncDispose]()
  await mail[Symbol.asyncDispose]()
  await holdfast[Symbol.asyncDispose]()
})

const addresses = ['--from', 'ops@example.com', '--to', 'me@example.com']

test('a mail server and a webhook are added, tried and listed', async () => {
  const ca = join(holdfast.folder, 'ca.pem')
  await writeFile(ca, mail.authority)
  const server = ['--host', '127.0.0.1', '--port', String(mail.port), '--ca', ca]
  const login = ['--user', 'ops', '--password-stdin']
  const added = await holdfast.run(['alert', 'add', 'mail', 'me', ...server, ...login, ...addresses], {
    input: 'pw-ops\n',
  })
  expect([added.code, added.stderr]).toEqual([0, ''])
  const chat = [
    'alert',
    'add',
    'webhook',
    'chat',
    '--url',
    hook.url,
    '--secret-stdin',
    '--on',
    'failed,overdue',
  ]
  expect((await holdfast.run(chat, { input: 'a secret of 16 or more\n' })).code).toBe(0)
  expect((await holdfast.run(['alert', 'test', 'me'])).stdout).toContain('me has it')
  expect(mail.mails.length).toBe(1)
  hook.answer = { status: 410 }
  const failed = await holdfast.run(['alert', 'test', 'chat'])
  expect([failed.code, failed.stdout]).toEqual([13, expect.stringContaining('410')])
  const { stdout } = await holdfast.run(['alert', 'list'])
  expect(stdout).toMatch(/me +mail +me@example\.com by 127\.0\.0\.1[^]*chat +webhook[^]*FAILED/)
  expect(stdout).not.toContain('t0ken')
  const refused = await holdfast.run([...chat.slice(0, 4), '--url', 'file:///etc/passwd'])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('A webhook is')])
})
