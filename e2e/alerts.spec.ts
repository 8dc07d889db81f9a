import { startHookServer } from '../electron/core/watching/testing/hook-server.ts'
import { startMailServer } from '../electron/core/watching/testing/mail-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AlertsPage } from './pages/alerts-page.ts'

test('somebody is told by mail: added, sent a test that arrives, and removed', async ({ own, ownHost }) => {
  await using server = await startMailServer({ password: 'pw-ops' })
  const alerts = new AlertsPage(own)
  await own.getByRole('link', { name: 'Settings' }).click()
  await expect(alerts.section).toContainText('Nobody is told yet.')
  await alerts.open()
  await alerts.type('Name in Holdfast', 'ops')
  await alerts.type('Mail server', '127.0.0.1')
  await expect(alerts.field('Port')).toHaveValue('587')
  await alerts.type('Port', String(server.port))
  await alerts.type('User', 'ops')
  await alerts.type('Password', 'pw-ops')
  await alerts.type('From', 'backups@example.com')
  await alerts.type('To', 'me@example.com, you@example.com')
  await alerts.type('Certificate of the authority that vouches for it', server.authority)
  await alerts.add.click()
  await expect(alerts.row('ops')).toContainText('me@example.com, you@example.com by 127.0.0.1')
  await expect(alerts.row('ops')).toContainText('Nothing told yet')
  await expect(alerts.field('Password')).toBeHidden()
  expect(server.mails).toEqual([])

  await alerts.test('ops').click()
  await expect(alerts.row('ops')).toContainText('Arrived today')
  expect(server.mails.map(({ to, secure, user }) => ({ to, secure, user }))).toEqual([
    { to: ['me@example.com', 'you@example.com'], secure: true, user: 'ops' },
  ])
  server.refusal = { code: 552 }
  await alerts.test('ops').click()
  await expect(alerts.row('ops')).toContainText('refused the mail with 552')
  await expect(alerts.row('ops')).toContainText('Did not arrive')

  await alerts.remove('ops').click()
  await expect(alerts.question.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await alerts.question.getByRole('button', { name: 'Remove' }).click()
  await expect(alerts.section).toContainText('Nobody is told yet.')
  expect(ownHost.app.watching.channels.list()).toEqual([])
})

test('a webhook is told of what was chosen, signed and with its header, and one that refuses is shown so', async ({
  own,
  ownHost,
}) => {
  await using server = await startHookServer()
  const alerts = new AlertsPage(own)
  await own.getByRole('link', { name: 'Settings' }).click()
  await alerts.open()
  await alerts.choose('Webhook').click()
  await alerts.type('Name in Holdfast', 'chat')
  await alerts.type('Address', server.url)
  await alerts.type('Secret that signs', 'sixteen letters and more')
  await alerts.type('Header', 'X-Key')
  await alerts.type('Value of the header', 'Bearer b2')
  await alerts.form.getByLabel('Backups that shrank').uncheck()
  await alerts.add.click()
  await expect(alerts.row('chat')).toContainText(new URL(server.url).origin)
  await expect(alerts.section).not.toContainText('t0ken')
  expect(ownHost.app.watching.channels.get('chat').kinds).toEqual(['failed', 'partial', 'overdue'])
  await alerts.test('chat').click()
  await expect(alerts.row('chat')).toContainText('Arrived')
  const [hook] = server.hooks
  expect(hook?.headers['x-key']).toBe('Bearer b2')
  expect(hook?.headers['webhook-signature']).toMatch(/^v1,/)
  server.answer = { status: 410 }
  await alerts.test('chat').click()
  await expect(alerts.row('chat')).toContainText('answered with 410')
})

test('what is wrong is said beside its field, when it is left', async ({ own, ownHost }) => {
  const alerts = new AlertsPage(own)
  await own.getByRole('link', { name: 'Settings' }).click()
  await alerts.open()
  const wrong = [
    ['Name in Holdfast', 'not a name', 'letters, digits'],
    ['Mail server', 'mail server', 'That is not the name of a mail server.'],
    ['Port', '70000', 'Ports go from 1 to 65535.'],
    ['From', 'ops', 'That is no mail address'],
    ['To', 'me@example.com, you', 'you is no mail address'],
    ['Certificate of the authority that vouches for it', 'PEM', 'A certificate goes from'],
  ] as const
  for (const [label, text, said] of wrong) {
    await alerts.type(label, text)
    await expect(alerts.field(label)).toHaveAttribute('aria-invalid', 'true')
    expect(await alerts.saidOf(label)).toContain(said)
  }
  await alerts.add.click()
  await expect(alerts.said).toHaveText('6 fields need a look. Nobody was added.')
  for (const [label, text] of wrong) await expect(alerts.field(label)).toHaveValue(text)
  await alerts.choose('Not encrypted').click()
  await alerts.type('Mail server', 'smtp.example.com')
  await alerts.type('User', 'ops')
  await expect(alerts.form).toContainText('would cross the network in the clear')
  await alerts.choose('Webhook').click()
  await alerts.type('Address', 'http://example.com/hook')
  await alerts.type('Header', 'Authorization')
  expect(await alerts.saidOf('Address')).toContain('would cross the network in the clear')
  await alerts.type('Header', 'Host')
  expect(await alerts.saidOf('Header')).toContain('meaning of its own')
  for (const kind of await alerts.form.getByRole('checkbox').all()) await kind.uncheck()
  await expect(alerts.form).toContainText('Say of what they are to be told.')
  expect(ownHost.app.watching.channels.list()).toEqual([])
})

test('what the product refuses is said in its words, and what was typed stays', async ({ own, ownHost }) => {
  await using server = await startHookServer()
  const alerts = new AlertsPage(own)
  await own.getByRole('link', { name: 'Settings' }).click()
  for (const _ of ['first', 'second']) {
    await alerts.open()
    await alerts.choose('Webhook').click()
    await alerts.type('Name in Holdfast', 'chat')
    await alerts.type('Address', server.url)
    await alerts.add.click()
    await expect(alerts.row('chat')).toHaveCount(1)
  }
  await expect(alerts.said).toHaveText('Somebody called chat is told already. Nothing was changed.')
  await expect(alerts.field('Address')).toHaveValue(server.url)
  expect(ownHost.app.watching.channels.list()).toHaveLength(1)
})
