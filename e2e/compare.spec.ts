import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openChangingServer, type ChangingServer } from './fixtures/changing-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AddServerPage } from './pages/add-server-page.ts'
import { ArchivePage } from './pages/archive-page.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { ComparePage } from './pages/compare-page.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'
import { ServerPage } from './pages/server-page.ts'

async function backUpNoor(page: Page, done: number): Promise<void> {
  const [frame, server, jobs] = [new Frame(page), new ServerPage(page), new JobsPage(page)]
  await frame.entry('web1').click()
  await server.select('noor').check()
  await server.selection.getByRole('button', { name: 'Back up 1 account' }).click()
  await frame.entry('Jobs').click()
  await expect(jobs.row('Back up noor').filter({ hasText: 'Done' })).toHaveCount(done, { timeout: 300_000 })
}

/** Three backups of noor: a configuration file changes between the second and the third. */
async function threeBackups(page: Page, ssh: ChangingServer): Promise<void> {
  const home = ssh.current.accounts.find(({ name }) => name === 'noor')?.home ?? ''
  const file = join(home, 'public_html/settings.php')
  const lines = Array.from({ length: 30 }, (_, at) => `// line ${at + 1}`)
  await writeFile(
    file,
    [...lines, "define( 'DB_USER', 'noor' );", "define( 'DB_PASSWORD', 'first' );", ''].join('\n'),
  )
  const add = new AddServerPage(page)
  await page.getByRole('button', { name: 'Add server' }).click()
  await add.fill({ port: ssh.port, password: ssh.current.password.reveal(), name: 'web1' })
  await add.connect.click()
  await add.trust.click()
  await page.getByRole('button', { name: 'Choose accounts to back up' }).click({ timeout: 180_000 })
  await backUpNoor(page, 1)
  await backUpNoor(page, 2)
  await writeFile(file, (await readFile(file, 'utf8')).replace("'first'", "'second'"))
  await appendFile(file, "define( 'WP_DEBUG', true );\n")
  await backUpNoor(page, 3)
}

test('shows which backups have the same file, and compares two of them with passwords masked', async ({
  empty,
}) => {
  await using ssh = await openChangingServer()
  await threeBackups(empty, ssh)
  const [archive, backups, compare] = [new ArchivePage(empty), new BackupsPage(empty), new ComparePage(empty)]
  await new Frame(empty).entry('Backups').click()
  await empty.getByRole('link', { name: 'noor' }).click()
  await backups.selected.getByRole('button', { name: 'Browse contents' }).click()
  await archive.folder('Files').click()
  await archive.folder('public_html').click()
  await expect(empty.getByText('1 of 3 backups compared')).toBeVisible()
  await expect(archive.row('settings.php').getByRole('cell').last()).toHaveText('')
  await empty.getByRole('button', { name: 'Compare all' }).click()
  await expect(archive.row('settings.php').getByRole('cell').last()).toHaveText('2 versions')
  await expect(empty.getByText('backups compared')).toBeHidden()
  await archive.entry('settings.php').click()
  await expect(archive.details).toContainText('settings.php in 3 backups')
  await expect(archive.history).toContainText('2 versions. Tick two to compare.')
  const versions = archive.history.getByRole('checkbox')
  const act = archive.history.getByRole('button', { name: 'Compare 2 versions' })
  await expect(act).toBeDisabled()
  await versions.first().check()
  await versions.last().check()
  await act.click()

  await expect(new Frame(empty).heading).toHaveText('settings.php')
  await expect(empty.getByText('28 unchanged lines')).toBeVisible()
  await expect(compare.line("DB_PASSWORD', '••••••••••••'")).toHaveCount(2)
  await expect(compare.line('Added: define( ')).toHaveCount(2)
  await expect(empty.getByText('+2 −1')).toBeVisible()
  expect(await compare.lines.textContent()).not.toContain('second')
  await empty.getByRole('button', { name: 'Show' }).click()
  await expect(compare.line("DB_PASSWORD', 'second'")).toHaveCount(1)
  await empty.getByRole('radio', { name: 'Side by side' }).click()
  await expect(compare.line("'first'").filter({ hasText: "'second'" })).toHaveCount(1)

  const waiting = empty.waitForEvent('download')
  await empty.getByRole('button', { name: /^Download the/ }).click()
  expect(await readFile(await (await waiting).path(), 'utf8')).toContain("'first'")
  const compared = empty.url()
  await empty.getByRole('button', { name: /^Restore the/ }).click()
  await expect(empty.getByRole('heading', { name: 'What should come back?' })).toBeVisible()
  await expect(empty.getByRole('radio', { name: 'Single items' })).toBeChecked()
  await empty.goto(compared)

  const middle = await compare.older.getByRole('option').nth(1).getAttribute('value')
  const oldest = await compare.older.getByRole('option').nth(2).getAttribute('value')
  await compare.older.selectOption(oldest)
  await compare.newer.selectOption(middle)
  await expect(empty.getByText('Both versions have the same content.')).toBeVisible()
})
