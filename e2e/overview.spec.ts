import { expect, test } from './fixtures/window-test.ts'
import { cutStream, goTo, prepareCut } from './fixtures/in-page.ts'
import { serveFleet } from './fixtures/serve-fleet.ts'
import { AddServerPage } from './pages/add-server-page.ts'
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
  for (const page of [fleet, first]) {
    await page.reload()
    await expect(new OverviewPage(page).tally).toHaveText('11 of 14 protected')
  }
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

test('a connection that breaks loses nothing: not what was typed, and not what happened meanwhile', async ({
  page,
}) => {
  await using host = await serveFleet({ days: 2 })
  await prepareCut(page)
  await page.goto(host.launchAddress())
  const [frame, add] = [new Frame(page), new AddServerPage(page)]
  await expect(frame.entry('Jobs')).toContainText('1')
  await page.getByRole('link', { name: 'Add server' }).click()
  await add.field('Host name or IP address').fill('web1.example')
  await page.context().route(/\/(events|rpc)/, (route) => route.abort())
  await cutStream(page)
  await expect(frame.banner).toBeVisible()
  await host.app.jobs.start({
    ...{ kind: 'backup', title: 'harbor-1/made-meanwhile', request: null, lock: 'made-meanwhile' },
    run: async () => ({ state: 'succeeded', backupId: null, warnings: 0 }),
  })
  await page.context().unroute(/\/(events|rpc)/)
  await frame.banner.getByRole('button', { name: 'Try now' }).click()
  await expect(frame.banner).toBeHidden()
  await expect(add.field('Host name or IP address')).toHaveValue('web1.example')
  await goTo(page, '#/jobs')
  await expect(page.getByRole('link', { name: /made-meanwhile/ })).toBeVisible()
})
