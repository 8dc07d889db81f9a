import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { OverviewPage } from './pages/overview-page.ts'

test('keeps the chosen theme and density, for other addresses too', async ({ fleet, fleetHost }) => {
  const frame = new Frame(fleet)
  await fleet.getByRole('link', { name: 'Settings' }).click()
  await fleet.getByRole('radio', { name: 'Dark' }).click()
  await fleet.getByRole('radio', { name: 'Compact' }).click()
  await expect.poll(() => fleetHost.app.preferences.read()).toEqual({ theme: 'dark', density: 'compact' })
  await fleet.addInitScript({ content: 'localStorage.clear()' })
  await fleet.reload()
  await expect(frame.heading).toHaveText('Settings')
  await expect(fleet.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await expect(fleet.locator('body')).toHaveCSS('background-color', 'rgb(18, 25, 26)')
  await frame.entry('Overview').click()
  await expect(new OverviewPage(fleet).row('alice').last().locator('td').first()).toHaveCSS('height', '30px')
})

test('says where things are, and under which licences', async ({ fleet, fleetHost }) => {
  await expect(new OverviewPage(fleet).tally).toBeVisible()
  await fleet.keyboard.press('Control+,')
  await expect(fleet.getByText(fleetHost.app.ports.dataFolder, { exact: true })).toBeVisible()
  await expect(fleet.getByText('holdfast 0.1.0')).toBeVisible()
  await expect(fleet.getByText('The system keychain is unlocked')).toBeVisible()
  await fleet.getByText('Packages and their licences').click()
  const notices = await readFile(join(import.meta.dirname, '../THIRD-PARTY-NOTICES.md'), 'utf8')
  expect(await fleet.getByRole('region', { name: 'Licences' }).textContent()).toBe(notices)
})
