import { expect, test } from './fixtures/window-test.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { Frame } from './pages/frame.ts'

test('lists the backups of a source, of many only those in view', async ({ fleet }) => {
  await new Frame(fleet).entry('Backups').click()
  await fleet.getByRole('link', { name: 'alice', exact: true }).click()
  const backups = new BackupsPage(fleet)
  await expect(backups.filter('All 330')).toBeChecked()
  await expect(backups.row('alice_2026-04-08.tar.gz')).toContainText(/Today 02:00.*Full.*3\.4 GB.*Verified/)
  expect(await backups.grid.getByRole('row').count()).toBeLessThan(80)
  await backups.grid.focus()
  await fleet.keyboard.press('End')
  await expect(backups.row('alice_2025-05-14.tar.gz')).toBeInViewport()
  await expect(backups.selected).toContainText('14 May 2025, 02:00')
})

test('goes through the days by keyboard, and filters by state', async ({ fleet }) => {
  await new Frame(fleet).entry('Backups').click()
  await fleet.getByRole('link', { name: 'ferrybooks', exact: true }).click()
  const backups = new BackupsPage(fleet)
  await expect(backups.days).toHaveAccessibleName(/84 days: .*1 failed/)
  await backups.days.focus()
  await fleet.keyboard.press('ArrowLeft')
  await expect(backups.selected).toContainText('6 Apr 2026, 02:00')
  await backups.filter('Some parts').click()
  await expect(fleet.getByText('No backup matches')).toBeVisible()
})
