import { readFile } from 'node:fs/promises'
import { expect, test } from './fixtures/window-test.ts'
import { ArchivePage } from './pages/archive-page.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'
import { OverviewPage } from './pages/overview-page.ts'
import { ServerPage } from './pages/server-page.ts'

test('a backup is seen running, then in the catalog, and a file is found in it', async ({ empty }) => {
  const [frame, server, jobs] = [new Frame(empty), new ServerPage(empty), new JobsPage(empty)]
  await new OverviewPage(empty).tryPractice.click()
  await expect(frame.heading).toHaveText('practice', { timeout: 180_000 })
  for (const name of ['atelier', 'noor', 'marina']) await server.select(name).check()
  await server.selection.getByRole('button', { name: 'Back up 3 accounts' }).click()

  await frame.entry('Jobs').click()
  await jobs.row('Back up marina').getByRole('link').click()
  await expect(frame.heading).toHaveText('Back up marina')
  await expect(jobs.whole).toBeVisible()
  await expect(jobs.log).toContainText('Reading files home', { timeout: 180_000 })
  await expect(jobs.components).toContainText(/Files.*352 entries/, { timeout: 300_000 })
  await expect(jobs.whole).toBeHidden()
  await expect(jobs.log).toContainText('Verifying the copy')

  await empty.getByRole('link', { name: 'All backups of marina' }).click()
  const backups = new BackupsPage(empty)
  await expect(backups.grid.getByRole('row')).toHaveCount(2)
  await expect(backups.selected).toContainText('This computer')
  await expect(backups.selected).toContainText(/Checked deep Today/)

  await backups.selected.getByRole('button', { name: 'Browse contents' }).click()
  const archive = new ArchivePage(empty)
  await archive.folder('Files').click()
  await archive.folder('public_html').click()
  await expect(archive.entry('wp-content')).toBeVisible()
  await empty.keyboard.press('/')
  await empty.keyboard.type('bashrc')
  await archive.entry('.bashrc').click()
  await expect(archive.details).toContainText('files/.bashrc')
  await expect(archive.details).toContainText(/Mode.*0644/)
  const waiting = empty.waitForEvent('download')
  await archive.details.getByRole('button', { name: 'Download' }).click()
  const download = await waiting
  expect(await readFile(await download.path(), 'utf8')).toHaveLength(17)
})

test('a backup is pinned, which keeps it from being deleted, then deleted by its name', async ({ empty }) => {
  const [frame, server, jobs] = [new Frame(empty), new ServerPage(empty), new JobsPage(empty)]
  await new OverviewPage(empty).tryPractice.click()
  await server.select('noor').check()
  await server.selection.getByRole('button', { name: 'Back up 1 account' }).click()
  await frame.entry('Jobs').click()
  await jobs.row('Back up noor').getByRole('link').click()
  await empty.getByRole('link', { name: 'All backups of noor' }).click({ timeout: 300_000 })
  const backups = new BackupsPage(empty)
  const act = async (name: RegExp) => {
    await backups.more('noor_').click()
    await empty.getByRole('menuitem', { name }).click()
  }
  await act(/^Pin/)
  await expect(backups.filter('Pinned 1')).toBeVisible()
  await backups.more('noor_').click()
  await expect(empty.getByRole('menuitem', { name: /^Delete/ })).toHaveAttribute('aria-disabled', 'true')
  await empty.keyboard.press('Escape')
  await act(/^Unpin/)
  await act(/^Delete/)
  const question = empty.getByRole('alertdialog')
  const confirm = question.getByRole('button', { name: 'Delete' })
  await expect(question).toContainText('the last verified full backup of noor')
  await expect(confirm).toBeDisabled()
  await question.getByRole('textbox').fill((await question.locator('code').textContent()) ?? '')
  await confirm.click()
  await expect(empty.getByText('No backup of noor yet')).toBeVisible()
})
