import { openAskingServer } from './fixtures/asking-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AddServerPage } from './pages/add-server-page.ts'
import { Frame } from './pages/frame.ts'

test('passes the question of a login on, and the answer back', async ({ empty }) => {
  await using ssh = await openAskingServer()
  const [add, { prompt }] = [new AddServerPage(empty), new Frame(empty)]
  await empty.getByRole('button', { name: 'Add server' }).click()
  await add.fill({ port: ssh.port, password: 'unused', name: 'web1' })
  await add.connect.click()
  await add.trust.click()
  await expect(prompt).toContainText('Look at your phone.')
  const answer = prompt.getByLabel('Verification code:')
  await expect(answer).toBeFocused()
  await expect(answer).toHaveAttribute('type', 'password')
  await empty.keyboard.type('123456')
  await empty.keyboard.press('Enter')
  await expect.poll(() => ssh.answers).toContain('123456')
  await prompt
    .getByRole('button', { name: 'Don’t sign in' })
    .click({ timeout: 10_000 })
    .catch(() => undefined)
  await expect(empty.getByRole('main').getByRole('alert')).toBeVisible({ timeout: 180_000 })
  await expect(add.field('Name in Holdfast')).toHaveValue('web1')
})

test('a connect that is stopped ends at the server too, with its question', async ({ empty }) => {
  await using ssh = await openAskingServer()
  const [add, { prompt, heading }] = [new AddServerPage(empty), new Frame(empty)]
  await empty.getByRole('button', { name: 'Add server' }).click()
  await add.fill({ port: ssh.port, password: 'unused', name: 'web1' })
  await add.connect.click()
  await add.trust.click()
  await expect(prompt).toBeVisible()
  expect(ssh.connections).toBe(1)
  await empty.goto(`${empty.url().split('#')[0] ?? ''}#/`)
  await expect(heading).toHaveText('Overview')
  await expect.poll(() => ssh.connections).toBe(0)
  await expect(prompt).toBeHidden()
})
