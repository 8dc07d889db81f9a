import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { ServerPage } from './pages/server-page.ts'

test('lists the accounts with their sizes and how their last backup went', async ({ fleet }) => {
  await new Frame(fleet).entry('harbor-1').click()
  const server = new ServerPage(fleet)
  await expect(server.row('alice')).toContainText(/3\.1 GB.*412 MB.*1\.3 GB.*4\.8 GB.*12 h ago/)
  await expect(server.row('cedarlaw')).toContainText('Running, 61%')
  await expect(server.row('ferrybooks')).toContainText('Failed')
})

test('filters by key, and counts what is selected', async ({ fleet }) => {
  await new Frame(fleet).entry('harbor-1').click()
  const server = new ServerPage(fleet)
  await expect(server.row('alice')).toBeVisible()
  await fleet.keyboard.press('/')
  await expect(server.filter).toBeFocused()
  await fleet.keyboard.type('berg')
  await expect(server.row('alice')).toBeHidden()
  await server.select('bergdorp').check()
  await expect(server.selection).toContainText('1 account selected')
  await expect(server.selection).toContainText('11.2 GB')
  await server.selection.getByRole('button', { name: 'Clear' }).click()
  await expect(server.selection).toBeHidden()
})

test('offers what can be backed up of an account, by keyboard', async ({ fleet }) => {
  await new Frame(fleet).entry('harbor-1').click()
  const server = new ServerPage(fleet)
  await server.scopes('alice').focus()
  await fleet.keyboard.press('Enter')
  const items = fleet.getByRole('menuitem')
  await expect(items).toHaveText([/Full/, /Files only/, /Databases only/, /Email only/])
  await fleet.keyboard.press('Escape')
  await expect(items).toHaveCount(0)
  await expect(server.scopes('alice')).toBeFocused()
})
