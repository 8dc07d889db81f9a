import { expect, test } from './fixtures/window-test.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { Frame } from './pages/frame.ts'
import { SourceSettingsPage } from './pages/source-settings-page.ts'

test('says why a database belongs to an account, and takes the word of whoever knows better', async ({
  fleet,
  fleetHost,
}) => {
  const [frame, settings] = [new Frame(fleet), new SourceSettingsPage(fleet)]
  await frame.entry('Backups').click()
  await fleet.getByRole('link', { name: 'alice' }).click()
  await expect(new BackupsPage(fleet).grid).toBeVisible()
  await fleet.getByRole('link', { name: 'What belongs to it' }).click()
  await expect(frame.heading).toHaveText('What belongs to alice')
  await expect(settings.section('Databases')).toContainText('prefix alice_')
  await expect(settings.choice('/home/alice')).toBeDisabled()
  await settings.choice('alice_shop').uncheck()
  await settings.section('Folders').getByRole('textbox').fill('srv/shop')
  await settings.section('Folders').getByRole('textbox').blur()
  await expect(settings.section('Folders')).toContainText('a path that begins with a slash')
  await settings.add('Folders', '/srv/shop')
  await settings.add('Left out', '*.log')
  await fleet.getByRole('switch').check()
  await settings.save.click()
  await expect(frame.messages).toContainText('Stored for alice')
  await expect(settings.changes).toBeHidden()

  const server = fleetHost.app.profiles.get('harbor-1')
  expect(fleetHost.app.overrides.find(server.id, 'alice')).toMatchObject({
    ...{ addPaths: ['/srv/shop'], removeDatabases: ['mysql/alice_shop'] },
    ...{ exclude: ['*.log'], nobackupTag: true },
  })
  await fleet.reload()
  await expect(settings.choice('alice_shop')).not.toBeChecked()
  await expect(settings.choice('/srv/shop')).toBeChecked()
})

test('keeps what was changed where the product refuses it, with its sentence', async ({ fleet }) => {
  const settings = new SourceSettingsPage(fleet)
  await fleet.goto(`${fleet.url().split('#')[0] ?? ''}#/servers/harbor-1/sources/hollis`)
  await settings.add('Left out', 'x'.repeat(5000))
  await settings.save.click()
  await expect(settings.changes.getByRole('alert')).toContainText('It is too long. Nothing was done.')
  const question = fleet.getByRole('alertdialog', { name: 'Leave without saving?' })
  await new Frame(fleet).entry('Overview').click()
  await expect(question.getByRole('button', { name: 'Stay here' })).toBeFocused()
  await fleet.keyboard.press('Enter')
  await expect(question).toBeHidden()
  await expect(settings.changes).toBeVisible()
  await settings.changes.getByRole('button', { name: 'Discard changes' }).click()
  await expect(settings.changes).toBeHidden()
  await settings.add('Left out', '*.tmp')
  await new Frame(fleet).entry('Overview').click()
  await question.getByRole('button', { name: 'Leave' }).click()
  await expect(new Frame(fleet).heading).toHaveText('Overview')
})
