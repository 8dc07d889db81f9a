import { openChangingServer } from './fixtures/changing-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AddServerPage } from './pages/add-server-page.ts'
import { Frame } from './pages/frame.ts'

test('adds a server after its fingerprint was compared', async ({ empty }) => {
  await using ssh = await openChangingServer()
  const { fingerprint, password } = ssh.current
  const add = new AddServerPage(empty)
  await empty.getByRole('button', { name: 'Add server' }).click()
  await expect(add.title).toBeFocused()
  await add.fill({ port: ssh.port, password: password.reveal(), name: 'web1' })
  await add.connect.click()

  await expect(add.title).toHaveText('Is this really 127.0.0.1?')
  expect((await add.fingerprint.innerText()).replaceAll(' ', '')).toBe(fingerprint)
  await add.expected.fill(`256 ${fingerprint.slice(0, -4)}AAAA root@web1 (ED25519)`)
  await add.expected.blur()
  await expect(add.trust).toBeDisabled()
  await expect(empty.getByText('This server offers another key')).toBeVisible()
  await add.expected.fill(`256 ${fingerprint} root@web1 (ED25519)`)
  await expect(empty.getByText('Identical to the key this server offers')).toBeVisible()
  await add.trust.click()

  await expect(add.title).toHaveText(/^web1 can be backed up/, { timeout: 180_000 })
  await expect(empty.getByRole('listitem').filter({ hasText: 'Fine: 3 accounts' })).toBeVisible()
  await expect(add.step('Trust this server')).toContainText('ED25519, fingerprint matched')
  await empty.getByRole('button', { name: 'Choose accounts to back up' }).click()
  await expect(new Frame(empty).heading).toHaveText('web1')
})

test('says what is wrong beside the field, and keeps what was typed', async ({ empty }) => {
  await using ssh = await openChangingServer()
  const add = new AddServerPage(empty)
  await empty.getByRole('button', { name: 'Add server' }).click()
  await add.field('Port').fill('22222222')
  await add.field('Port').blur()
  expect(await add.said('Port')).toBe('Ports go from 1 to 65535.')
  await add.connect.click()
  expect(await add.said('Host name or IP address')).toBe('That is not a host name or an IP address.')

  await add.fill({ port: ssh.port, password: 'wrong', name: 'web1' })
  await add.connect.click()
  await add.trust.click()
  await expect(empty.getByRole('main').getByRole('alert')).toBeVisible()
  await expect(add.title).toHaveText('Where is the server?')
  await expect(add.field('Password')).toHaveValue('wrong')
  await expect(add.field('Name in Holdfast')).toHaveValue('web1')
})

test('asks before it forgets what was typed', async ({ empty }) => {
  const add = new AddServerPage(empty)
  const frame = new Frame(empty)
  await empty.getByRole('button', { name: 'Add server' }).click()
  await add.field('Host name or IP address').fill('web1.example')
  await empty.keyboard.press('Escape')
  const question = empty.getByRole('alertdialog', { name: 'Leave without adding the server?' })
  await expect(question.getByRole('button', { name: 'Stay here' })).toBeFocused()
  await empty.keyboard.press('Enter')
  await expect(question).toBeHidden()
  await expect(add.field('Host name or IP address')).toHaveValue('web1.example')
  await empty.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Leave' }).click()
  await expect(frame.heading).toHaveText('Overview')
})
