import { expect, test } from 'vitest'
import { AlertChannelDraft } from './alert.ts'

const mail = {
  ...{ kind: 'mail', name: 'me', kinds: ['failed'], host: 'mx.example.com', port: 587, security: 'starttls' },
  ...{ user: 'ops', from: 'ops@example.com', to: ['me@example.com'], authority: null },
}
const hook = {
  ...{ kind: 'webhook', name: 'chat', kinds: ['failed'], url: 'https://hooks.example.com/T1', signed: true },
  header: null,
}

test.each([
  mail,
  { ...mail, security: 'none', user: null },
  { ...mail, security: 'none', host: 'localhost' },
  hook,
  { ...hook, url: 'http://127.0.0.1:8080/x', header: 'Authorization' },
])('%j is taken', (channel) => {
  expect(AlertChannelDraft.safeParse(channel).success).toBe(true)
})

test.each([
  [{ ...mail, security: 'none' }, 'in the clear'],
  [{ ...mail, from: 'ops' }, 'no mail address'],
  [{ ...mail, to: ['me@example.com\r\nBcc: x@example.com'] }, 'no mail address'],
  [{ ...mail, to: [] }, 'somebody'],
  [{ ...mail, host: 'mx example' }, 'mail server'],
  [{ ...mail, port: 0 }, '>=1'],
  [{ ...mail, kinds: [] }, 'of what'],
  [{ ...hook, url: 'file:///etc/passwd' }, 'A webhook is'],
  [{ ...hook, url: 'https://me:pw@example.com/' }, 'A webhook is'],
  [{ ...hook, url: 'not an address' }, 'A webhook is'],
  [{ ...hook, url: 'http://example.com/', header: 'Authorization' }, 'in the clear'],
  [{ ...hook, header: 'Host' }, 'meaning of its own'],
  [{ ...hook, header: 'X-A: b' }, 'name of a header'],
])('%j is refused', (channel, said) => {
  expect(AlertChannelDraft.safeParse(channel).error?.issues[0]?.message).toContain(said)
})
