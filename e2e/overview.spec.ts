import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { OverviewPage } from './pages/overview-page.ts'

test('counts what is protected, and says what needs somebody and why', async ({ fleet }) => {
  const overview = new OverviewPage(fleet)
  await expect(overview.tally).toHaveText('11 of 14 protected')
  await expect(overview.row('ferrybooks')).toContainText('MariaDB refused access to ferrybooks_shop')
  await expect(overview.row('ferrybooks')).toContainText('ferrybooks_2026-04-07.tar.gz is intact')
  await expect(overview.row('elmstudio')).toContainText('9 days old')
  await expect(overview.row('corvus')).toContainText('Nobody has read')
})

test('shows each day of a source and says it in words', async ({ fleet }) => {
  const overview = new OverviewPage(fleet)
  const strip = overview.row('cedarlaw').getByRole('img', { name: /Last 30 days/ })
  await expect(strip).toHaveAccessibleName('Last 30 days: 28 full, 1 failed, 1 running')
  await expect(strip.locator('i')).toHaveCount(30)
})

test('marks servers that need somebody in the sidebar, and opens them', async ({ fleet }) => {
  const frame = new Frame(fleet)
  await expect(frame.entry('harbor-1')).toContainText('2')
  await frame.entry('harbor-1').click()
  await expect(frame.heading).toHaveText('harbor-1')
  await expect(frame.heading).toBeFocused()
  await fleet.keyboard.press('ControlOrMeta+1')
  await expect(frame.heading).toHaveText('Overview')
})

test('a second page with a used address is not signed in', async ({ fleet, fleetHost, context }) => {
  const address = fleetHost.launchAddress()
  const [first, second] = [await context.newPage(), await context.newPage()]
  await first.goto(address)
  await expect(new OverviewPage(first).tally).toBeVisible()
  expect(first.url()).not.toContain('launch')
  await second.goto(address)
  await expect(second.getByText('This page is not signed in')).toBeVisible()
  await expect(new OverviewPage(fleet).tally).toBeVisible()
})

test('says when Holdfast does not answer, and goes on when it does', async ({ fleet, context }) => {
  const frame = new Frame(fleet)
  await expect(new OverviewPage(fleet).tally).toBeVisible()
  await context.route('**/events*', (route) => route.abort())
  await fleet.reload()
  await expect(frame.banner).toBeVisible()
  await context.unroute('**/events*')
  await expect(frame.banner).toBeHidden()
  await expect(new OverviewPage(fleet).tally).toHaveText('11 of 14 protected')
})
