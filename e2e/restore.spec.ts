import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backUpMarina } from './fixtures/back-up-marina.ts'
import { reportWithGaps, stopRestore } from './fixtures/stopped-restore.ts'
import { expect, test } from './fixtures/window-test.ts'
import { ArchivePage } from './pages/archive-page.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'
import { RestorePage } from './pages/restore-page.ts'

test('a folder that was found is restored into another account, reported and undone', async ({ empty }) => {
  const backups = await backUpMarina(empty)
  await backups.selected.getByRole('button', { name: 'Browse contents' }).click()
  const archive = new ArchivePage(empty)
  await archive.folder('Files').click()
  await empty.getByRole('checkbox', { name: 'Select public_html' }).check()
  await empty.getByRole('button', { name: 'Restore 1 item…' }).click()

  const restore = new RestorePage(empty)
  await expect(restore.title).toHaveText('What should come back?')
  await expect(restore.title).toBeFocused()
  await expect(restore.option('Single items')).toBeChecked()
  await expect(restore.steps).toContainText(/Source.*marina, today/)
  await restore.continue.click()

  await restore.option('Different account, same server').check()
  await restore.account().selectOption('noor')
  await expect(restore.names).toContainText(/home\/marina.*home\/noor.*home directory/, { timeout: 180_000 })
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

  await expect(restore.title).toHaveText(/^Restored to noor/, { timeout: 180_000 })
  await expect(restore.report).toContainText(/files/)
  const waiting = empty.waitForEvent('download')
  await restore.button('Save report').click()
  const report = await (await waiting).path()
  expect(await readFile(report, 'utf8')).toMatch(/^# practice\/noor: restored/)

  await restore.button('Undo this restore…').click()
  await expect(restore.plan).toBeVisible({ timeout: 180_000 })
  await restore.button('Back to the report').click()
  await restore.button('Done').click()
  await new Frame(empty).entry('Jobs').click()
  const address = await new JobsPage(empty)
    .row('Restore practice/noor')
    .getByRole('link')
    .getAttribute('href')
  await empty.evaluate((hash) => (location.hash = hash), `${address}/undo`)
  await expect(restore.plan).toBeVisible({ timeout: 180_000 })
  await restore.button('Undo the restore…').click()
  await restore.confirm('noor', 'Undo the restore')
  await expect(restore.title).toHaveText('Undone: noor is as it was before', { timeout: 180_000 })
  await expect(restore.button('Undo this restore…')).toBeHidden()
})

test('what the target forbids is said before anything can be started, and can be changed', async ({
  empty,
}) => {
  const backups = await backUpMarina(empty)
  await backups.more('marina_').click()
  await empty.getByRole('menuitem', { name: 'Restore…' }).click()
  const restore = new RestorePage(empty)
  await restore.continue.click()
  await restore.option('Different account, same server').check()
  await restore.account().selectOption('noor')
  await expect(restore.names).toContainText('marina-boats.example', { timeout: 180_000 })
  await expect(empty.getByText(/would go to .* which belongs to marina/)).toBeVisible()
  await restore.name('marina-boats.example').fill('marina boats')
  await expect(empty.getByRole('alert')).toContainText('Nothing was changed', { timeout: 180_000 })
  await expect(restore.review).toBeDisabled()
  await restore.name('marina-boats.example').fill('copy.example')
  await expect(restore.review).toBeEnabled({ timeout: 180_000 })
  await restore.review.click()
  await expect(restore.title).toHaveText('This cannot be restored to noor yet')
  await expect(restore.button('Restore to noor…')).toBeDisabled()

  await restore.steps.getByRole('button', { name: 'Target' }).click()
  await restore.account().selectOption('A new account…')
  await expect(empty.getByText('say what the new one is called')).toBeVisible()
  await empty.getByRole('textbox', { name: 'Name of the new account' }).fill('marina2')
  await expect(restore.name(/home.marina$/)).toBeVisible({ timeout: 180_000 })
  await expect(empty.getByText('no useradd')).toBeVisible()
})

test('a restore that the server refuses is taken back, and says that nothing is lost', async ({ empty }) => {
  const backups = await backUpMarina(empty)
  await backups.selected.getByRole('button', { name: 'Browse contents' }).click()
  await empty.getByRole('checkbox', { name: 'Select Cron jobs' }).check()
  await empty.getByRole('button', { name: 'Restore 1 item…' }).click()
  const restore = new RestorePage(empty)
  await restore.continue.click()
  await restore.option('Different account, same server').check()
  await restore.account().selectOption('noor')
  await restore.review.click({ timeout: 180_000 })
  await restore.button('Restore to noor…').click()
  await restore.confirm('noor', 'Overwrite noor')
  await expect(restore.title).toHaveText('Taken back: noor is as it was before', { timeout: 180_000 })
  await expect(empty.getByRole('alert')).toContainText('the practice server only lists crontabs')
  await expect(restore.button('Undo this restore…')).toBeHidden()
  await restore.button('Done').click()
  await new Frame(empty).entry('Jobs').click()
  await new JobsPage(empty).row('Restore practice/noor').getByRole('link').click()
  await expect(restore.title).toHaveText('Taken back: noor is as it was before')
})

test('the whole way is gone by keyboard alone', async ({ empty }) => {
  const backups = await backUpMarina(empty)
  const restore = new RestorePage(empty)
  const { keyboard } = empty
  await backups.grid.focus()
  await keyboard.press('r')
  await expect(restore.title).toBeFocused()
  await restore.tabTo('radio', 'Full account')
  for (let at = 0; at < 4 && !(await restore.option('Single items').isChecked()); at += 1)
    await keyboard.press('ArrowDown')
  await restore.tabTo('treeitem', 'Settings')
  await keyboard.press('f')
  await keyboard.press('Enter')
  await restore.tabTo('checkbox', 'Select public_html')
  await keyboard.press('Space')
  await keyboard.press('Control+Enter')

  await expect(restore.title).toHaveText('Where should it go?')
  await restore.tabTo('radio', 'Same account')
  await keyboard.press('ArrowDown')
  await restore.tabTo('combobox', 'Account')
  await keyboard.type('noor')
  await expect(restore.account()).toHaveValue('noor')
  await expect(restore.review).toBeEnabled({ timeout: 180_000 })
  await keyboard.press('Control+Enter')

  await expect(restore.title).toHaveText('This is exactly what will happen on noor')
  await keyboard.press('Control+Enter')
  await expect(restore.question).toBeHidden()
  await restore.tabTo('button', 'Restore to noor…')
  await keyboard.press('Enter')
  await expect(restore.question.getByRole('textbox')).toBeFocused()
  await keyboard.type('noor')
  await keyboard.press('Enter')
  await expect(restore.title).toHaveText(/^Restored to noor/, { timeout: 180_000 })
  await restore.tabTo('button', 'Undo this restore…')
  await keyboard.press('Enter')
  await expect(restore.plan).toBeVisible({ timeout: 180_000 })
  await restore.tabTo('button', 'Undo the restore…')
  await keyboard.press('Enter')
  await keyboard.type('noor')
  await keyboard.press('Enter')
  await expect(restore.title).toHaveText('Undone: noor is as it was before', { timeout: 180_000 })
  await keyboard.press('Escape')
  await expect(new Frame(empty).heading).toHaveText('Overview')
})

test('a backup that cannot be read is said beside the target, and leaving asks first', async ({ fleet }) => {
  await new Frame(fleet).entry('Backups').click()
  await fleet.getByRole('button', { name: 'Restore…' }).click()
  const restore = new RestorePage(fleet)
  await expect(restore.title).toHaveText('Which backup do you want to restore from?')
  await expect(restore.continue).toBeDisabled()
  await fleet.getByRole('radio', { name: 'alice harbor-1' }).check()
  await expect(fleet.getByRole('table', { name: 'Backups of alice' })).toContainText('Today 02:00')
  await restore.continue.click()
  await restore.continue.click()
  await expect(fleet.getByRole('alert')).toContainText('use another copy', { timeout: 180_000 })
  await expect(restore.review).toBeDisabled()
  await expect(restore.button('Try again')).toBeVisible()
  await fleet.keyboard.press('Escape')
  await expect(fleet.getByRole('alertdialog')).toContainText('Nothing was changed on any server')
  await fleet.getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(new Frame(fleet).heading).toHaveText('Overview')
})

test('a restore that stopped in the middle is shown first, and can be continued or taken back', async ({
  fleet,
  fleetHost,
}) => {
  const journal = await stopRestore(fleetHost.app)
  await fleet.reload()
  await fleet.getByRole('button', { name: 'Continue or take back…' }).click()
  const restore = new RestorePage(fleet)
  await expect(restore.title).toHaveText('The restore to bergdorp stopped in the middle')
  await expect(restore.way).toContainText(
    /Put everything.*Prepared, not in use yet.*Install the crontab.*Waiting/,
  )
  await restore.button('Take it back…').click()
  await expect(restore.question).toContainText('what was there before is put back')
  await restore.question.getByRole('button', { name: 'Go back' }).click()
  await expect(restore.continue).toBeEnabled()

  await journal.update({ phase: 'restored', report: reportWithGaps(journal.entry.job) })
  await fleet.reload()
  await expect(restore.title).toHaveText('Restored to bergdorp in part, with 1 warning')
  await expect(restore.report).toContainText('38,417 of 38,418 files')
  await expect(restore.report).toContainText('MySQL database bergdorp_wp')
  await fleet.getByText('1 that is not right').click()
  await expect(restore.report).toContainText('marked immutable at the target')
  await expect(restore.button('Take cron jobs into use')).toBeVisible()
})

test('a restore that is stopped is taken back', async ({ empty }) => {
  const backups = await backUpMarina(empty)
  await backups.selected.getByRole('button', { name: 'Restore…' }).click()
  const restore = new RestorePage(empty)
  await restore.option('Files only').check()
  await restore.continue.click()
  await restore.review.click({ timeout: 180_000 })
  await restore.button('Restore to marina…').click()
  await restore.confirm('marina', 'Overwrite marina')
  await restore.button('Stop and undo…').click()
  await expect(restore.question).toContainText('is taken back')
  await restore.question.getByRole('button', { name: 'Stop and undo' }).click()
  await expect(restore.title).toHaveText(/Nothing was restored|Taken back: marina is as it was before/, {
    timeout: 180_000,
  })
})

test('what changed at the target since the plan is shown in a new plan, and nothing is done before', async ({
  empty,
}) => {
  const backups = await backUpMarina(empty)
  await backups.selected.getByRole('button', { name: 'Restore…' }).click()
  const restore = new RestorePage(empty)
  await restore.option('Files only').check()
  await restore.continue.click()
  await restore.review.click({ timeout: 180_000 })
  const home = /into (\/\S+\/home\/marina)/.exec(await restore.plan.innerText())?.[1] ?? ''
  await writeFile(join(home, 'public_html/made-meanwhile.html'), 'mine')
  await restore.button('Restore to marina…').click()
  await restore.confirm('marina', 'Overwrite marina')
  await expect(empty.getByText('The target changed since the plan was shown')).toBeVisible({
    timeout: 180_000,
  })
  await expect(restore.title).toHaveText('This is exactly what will happen on marina')
  await expect(restore.plan).toContainText('made-meanwhile.html', { timeout: 180_000 })
  expect(await readFile(join(home, 'public_html/made-meanwhile.html'), 'utf8')).toBe('mine')
  await expect(restore.button('Restore to marina…')).toBeEnabled()
})
