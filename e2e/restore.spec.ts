import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/window-test.ts'
import { ArchivePage } from './pages/archive-page.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'
import { OverviewPage } from './pages/overview-page.ts'
import { RestorePage } from './pages/restore-page.ts'
import { ServerPage } from './pages/server-page.ts'

/** Starts the practice server, backs up marina, and opens its backups. */
async function backUpMarina(page: Page): Promise<BackupsPage> {
  const [frame, server, jobs] = [new Frame(page), new ServerPage(page), new JobsPage(page)]
  await new OverviewPage(page).tryPractice.click()
  await expect(frame.heading).toHaveText('practice', { timeout: 60_000 })
  await server.select('marina').check()
  await server.selection.getByRole('button', { name: 'Back up 1 account' }).click()
  await frame.entry('Jobs').click()
  await jobs.row('Back up marina').getByRole('link').click()
  await page.getByRole('link', { name: 'All backups of marina' }).click({ timeout: 120_000 })
  return new BackupsPage(page)
}

test('a folder that was found is restored into another account, reported and undone', async ({ empty }) => {
  const backups = await backUpMarina(empty)
  await backups.selected.getByRole('button', { name: 'Browse contents' }).click()
  const archive = new ArchivePage(empty)
  await archive.folder('Files').click()
  await empty.getByRole('checkbox', { name: 'Select public_html' }).check()
  await empty.getByRole('button', { name: 'Restore selected…' }).click()

  const restore = new RestorePage(empty)
  await expect(restore.title).toHaveText('What should come back?')
  await expect(restore.title).toBeFocused()
  await expect(restore.option('Single items')).toBeChecked()
  await expect(restore.steps).toContainText(/Source.*marina, today/)
  await restore.continue.click()

  await restore.option('Different account, same server').check()
  await restore.account().selectOption('noor')
  await expect(restore.names).toContainText(/home\/marina.*home\/noor.*home directory/, { timeout: 30_000 })
  await restore.review.click()

  await expect(restore.title).toHaveText('This is exactly what will happen on noor')
  await expect(restore.plan).toContainText(/Deleted ?204/)
  await restore.button('See all: Deleted: Files').click()
  await empty.getByRole('searchbox', { name: 'Filter: Deleted: Files' }).fill('portrait-north')
  await expect(empty.getByRole('list', { name: 'Deleted: Files' })).toContainText('portrait-north')
  await expect(empty.getByText('Safety snapshot first')).toBeVisible()
  await restore.button('Restore to noor…').click()
  await expect(restore.question).toContainText('deleted. A safety snapshot is taken first')
  await restore.question.getByRole('textbox').fill('noo')
  await expect(restore.question.getByRole('button', { name: 'Overwrite noor' })).toBeDisabled()
  await expect(restore.question).toContainText('1 character to go')
  await restore.confirm('noor', 'Overwrite noor')

  await expect(restore.title).toHaveText(/^Restored to noor/, { timeout: 60_000 })
  await expect(restore.report).toContainText(/files/)
  const waiting = empty.waitForEvent('download')
  await restore.button('Save report').click()
  const report = await (await waiting).path()
  expect(await readFile(report, 'utf8')).toMatch(/^# practice\/noor: restored/)

  await restore.button('Undo this restore…').click()
  await expect(restore.plan).toBeVisible({ timeout: 30_000 })
  await restore.button('Undo the restore…').click()
  await restore.confirm('noor', 'Undo the restore')
  await expect(restore.title).toHaveText('Undone: noor is as it was before', { timeout: 60_000 })
  await expect(restore.button('Undo this restore…')).toBeHidden()
})
