import { openChangingServer } from './fixtures/changing-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AddServerPage } from './pages/add-server-page.ts'
import { Frame } from './pages/frame.ts'
import { ServerPage } from './pages/server-page.ts'

test('blocks a server that shows another key, until its host is typed', async ({ empty }) => {
  await using ssh = await openChangingServer()
  const [add, frame, server] = [new AddServerPage(empty), new Frame(empty), new ServerPage(empty)]
  await empty.getByRole('button', { name: 'Add server' }).click()
  await add.fill({ port: ssh.port, password: ssh.current.password.reveal(), name: 'web1' })
  await add.connect.click()
  await add.trust.click()
  await empty.getByRole('button', { name: 'Choose accounts to back up' }).click({ timeout: 180_000 })

  await ssh.change()
  await server.select('noor').check()
  await server.selection.getByRole('button', { name: 'Back up 1 account' }).click()
  await empty.getByRole('button', { name: 'Compare host keys' }).click({ timeout: 180_000 })
  const alarm = empty.getByRole('alert').filter({ hasText: 'web1 shows a different host key' })
  await expect(alarm).toBeVisible()
  expect((await alarm.locator('mark').innerText()).replaceAll(' ', '')).toBe(ssh.current.fingerprint)
  await expect(frame.entry('web1')).toContainText('Blocked')

  await empty.getByRole('button', { name: 'I checked it' }).click()
  const question = empty.getByRole('alertdialog')
  const replace = question.getByRole('button', { name: 'Replace the key' })
  await expect(question.getByRole('textbox')).toBeFocused()
  await empty.keyboard.type('127.0.0.')
  await expect(question.getByText('1 character to go')).toBeVisible()
  await expect(replace).toBeDisabled()
  await empty.keyboard.press('Enter')
  await expect(alarm).toBeVisible()
  await empty.keyboard.type('1')
  await replace.click()
  await expect(empty.getByText('web1 shows the host key that you trust')).toBeVisible()
  await expect(empty.getByRole('button', { name: 'Back up 1 account now' })).toBeVisible()
})
