import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { moodyKeychain } from '../electron/core/secrets/testing/keychains.ts'
import { serveFleet } from './fixtures/serve-fleet.ts'
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

test('where there is no keychain a vault is made, locked and opened again, and no wrong passphrase opens it', async ({
  page,
}) => {
  await using host = await serveFleet({ days: 1, keychain: moodyKeychain('absent').store })
  await page.goto(host.launchAddress())
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText('There is no keychain and no vault yet')).toBeVisible()
  await page.getByLabel('New passphrase', { exact: true }).fill('correct horse')
  await page.getByLabel('New passphrase again').fill('correct house')
  await page.getByRole('button', { name: 'Make a vault' }).click()
  await expect(page.getByText('The two passphrases differ.')).toBeVisible()
  await page.getByLabel('New passphrase again').fill('correct horse')
  await page.getByRole('button', { name: 'Make a vault' }).click()
  await expect(page.getByText('The vault of Holdfast is unlocked')).toBeVisible({ timeout: 180_000 })
  await page.getByRole('button', { name: 'Lock the vault' }).click()
  await expect(page.getByText('The vault of Holdfast is locked')).toBeVisible()
  await page.getByLabel('Passphrase of the vault').fill('battery staple')
  await page.getByRole('button', { name: 'Unlock the vault' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible({ timeout: 180_000 })
  await page.getByLabel('Passphrase of the vault').fill('correct horse')
  await page.getByRole('button', { name: 'Unlock the vault' }).click()
  await expect(page.getByText('The vault of Holdfast is unlocked')).toBeVisible({ timeout: 180_000 })
})

test('a locked keychain is said, with what to do', async ({ page }) => {
  await using host = await serveFleet({ days: 1, keychain: moodyKeychain('locked').store })
  await page.goto(host.launchAddress())
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText('The system keychain is locked')).toBeVisible()
})
