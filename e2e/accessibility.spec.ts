import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { backUpMarina } from './fixtures/back-up-marina.ts'
import { fixtureClock } from './fixtures/fleet.ts'
import { serveFleet } from './fixtures/serve-fleet.ts'
import { reportWithGaps, stopRestore } from './fixtures/stopped-restore.ts'
import { expect, test } from './fixtures/window-test.ts'
import { addNightly } from './fixtures/nightly.ts'
import { AlertsPage } from './pages/alerts-page.ts'
import { Frame } from './pages/frame.ts'
import { OverviewPage } from './pages/overview-page.ts'
import { RestorePage } from './pages/restore-page.ts'
import { SchedulesPage } from './pages/schedules-page.ts'

/** Screens over the invented fleet, by what stands behind `#` in their addresses. */
const screens = [
  ['overview', '/'],
  ['a server', '/servers/harbor-1'],
  ['what belongs to a source', '/servers/harbor-1/sources/cedarlaw'],
  ['adding a server', '/add-server'],
  ['settings', '/settings'],
  ['jobs', '/jobs'],
  ['all backups', '/backups'],
  ['the backups of a source', '/backups/harbor-1/cedarlaw'],
  ['a restore', '/restore'],
  ['destinations', '/destinations'],
  ['a destination', '/destinations/this-computer'],
  ['adding a destination', '/add-destination'],
  ['schedules where there are none', '/schedules'],
  ['a new schedule', '/new-schedule/harbor-1/alice'],
  ['a screen that there is not', '/nowhere'],
] as const

/**
 * What breaks WCAG 2.2 at levels A and AA, by rule and place. The ticks of the tally are narrow by nature; each leads
 * where a row of the list below it leads too, which success criterion 2.5.8 allows.
 */
async function violations(page: Page): Promise<readonly string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  const { violations: found } = await new AxeBuilder({ page }).withTags(tags).analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => !(id === 'target-size' && html.includes('data-s=')))
      .map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  )
}

/** The same in both themes. */
async function inBothThemes(page: Page): Promise<readonly string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await violations(page)))
  }
  return found
}

test('no step of a restore breaks one, from what comes back to the typed name', async ({ empty }) => {
  const backups = await backUpMarina(empty)
  await backups.selected.getByRole('button', { name: 'Restore…' }).click()
  const restore = new RestorePage(empty)
  expect(await inBothThemes(empty)).toEqual([])
  await restore.option('Single items').check()
  expect(await inBothThemes(empty)).toEqual([])
  await restore.option('Files only').check()
  await restore.continue.click()
  await restore.option('Different account, same server').check()
  await restore.account().selectOption('noor')
  await expect(restore.review).toBeEnabled({ timeout: 180_000 })
  expect(await inBothThemes(empty)).toEqual([])
  await restore.review.click()
  await expect(restore.plan).toBeVisible()
  expect(await inBothThemes(empty)).toEqual([])
  await restore.button('Restore to noor…').click()
  await expect(restore.question).toBeVisible()
  expect(await inBothThemes(empty)).toEqual([])
})

test('nor does one that runs, that stopped, or that has ended, or that of a server', async ({ page }) => {
  await using host = await serveFleet({ days: 5 })
  const journal = await stopRestore(host.app)
  const job = await host.app.jobs.start({
    ...{ kind: 'restore', title: 'fjord/holm', request: null, lock: 'fjord/holm' },
    run: async (context) => {
      context.note('info', 'Saving fjord/holm first, so that this can be undone')
      context.progress({ phase: 'Files', bytes: 6e6, items: 12, current: 'public_html/index.php' })
      await fixtureClock.sleep(0, context)
      return { state: 'succeeded', backupId: null, warnings: 0 }
    },
  })
  await page.goto(host.launchAddress())
  const own = page.url().split('#')[0] ?? ''
  const restore = new RestorePage(page)
  const screens = [
    [`/restores/${job.id}`, 'Restoring to holm'],
    [`/restores/${journal.entry.job}`, 'The restore to bergdorp stopped in the middle'],
    ['/restore-server', 'Which server should come back, and where?'],
  ] as const
  for (const [path, title] of screens) {
    await page.goto(`${own}#${path}`)
    await expect(restore.title).toHaveText(title)
    expect(await inBothThemes(page)).toEqual([])
  }
  await journal.update({ phase: 'restored', report: reportWithGaps(journal.entry.job) })
  await page.goto(`${own}#/restores/${journal.entry.job}`)
  await page.reload()
  await expect(restore.report).toBeVisible()
  expect(await inBothThemes(page)).toEqual([])
})

for (const [name, path] of screens) {
  test(`${name} breaks no rule for people who see, hear or move differently`, async ({ fleet }) => {
    await fleet.goto(`${new URL(fleet.url()).origin}/#${path}`)
    await expect(new Frame(fleet).heading).toBeVisible()
    await expect(fleet.locator('[aria-busy="true"]')).toHaveCount(0)
    expect(await inBothThemes(fleet)).toEqual([])
  })
}

test('nor does a schedule that is being changed', async ({ own, ownHost }) => {
  await addNightly(ownHost)
  await own.goto(`${new URL(own.url()).origin}/#/schedules/nightly`)
  const schedules = new SchedulesPage(own)
  await schedules.field('Weeks').fill('0')
  await schedules.save.click()
  await expect(schedules.said).toBeVisible()
  expect(await inBothThemes(own)).toEqual([])
})

test('nor does the making of a recovery key', async ({ own }) => {
  await own.goto(`${new URL(own.url()).origin}/#/settings`)
  await own.getByRole('button', { name: 'Make the recovery key…' }).click()
  await own.getByRole('button', { name: 'Make the key' }).click()
  await expect(own.getByRole('region', { name: 'Recovery sheet' })).toBeVisible()
  expect(await inBothThemes(own)).toEqual([])
})

for (const kind of ['Mail', 'Webhook'] as const)
  test(`nor does the form for who is told by ${kind}, as it opens and as it complains`, async ({ own }) => {
    await own.goto(`${new URL(own.url()).origin}/#/settings`)
    const alerts = new AlertsPage(own)
    await alerts.open()
    await alerts.choose(kind).click()
    expect(await inBothThemes(own)).toEqual([])
    for (const box of await alerts.form.getByRole('checkbox').all()) await box.uncheck()
    await alerts.add.click()
    await expect(alerts.said).toBeVisible()
    expect(await inBothThemes(own)).toEqual([])
  })

test('nor does the list of copies that wait', async ({ page }) => {
  const copies = Array.from({ length: 7 }, (_, at) => ({
    ...{
      backup: `backup-${at}`,
      name: `alice_2026-04-0${at + 1}.tar.gz`,
      server: 'harbor-1',
      source: 'alice',
    },
    ...{ destination: 'nas', since: '2026-04-08T02:00:00.000Z', attempts: at, code: 'unreachable' as const },
    ...{ nextAt: '2026-04-08T15:00:00.000Z', message: 'nas did not answer within 30 s.' },
  }))
  await using host = await serveFleet({ days: 5, answers: () => ({ 'copies.queued': () => ({ copies }) }) })
  await page.goto(host.launchAddress())
  const overview = new OverviewPage(page)
  await expect(overview.waitingList).toBeVisible()
  await page.getByRole('button', { name: 'Show all 7' }).click()
  expect(await inBothThemes(page)).toEqual([])
})

test('the first run breaks none either', async ({ empty }) => {
  await expect(new Frame(empty).heading).toBeVisible()
  expect(await inBothThemes(empty)).toEqual([])
})

test('nor does the list of jumps', async ({ fleet }) => {
  await expect(new Frame(fleet).heading).toBeVisible()
  await fleet.keyboard.press('ControlOrMeta+k')
  await expect(fleet.getByRole('combobox')).toBeVisible()
  expect(await inBothThemes(fleet)).toEqual([])
})
