import { gzipSync } from 'node:zlib'
import { fontsReady } from './fixtures/in-page.ts'
import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { OverviewPage } from './pages/overview-page.ts'

const limit = 250_000

test('the first view is no more than 250 kB to fetch, fonts included', async ({ page, fleetHost }) => {
  const fetched: Promise<number>[] = []
  page.on('response', (response) => {
    if (/\/(rpc|events|session)/.test(response.url())) return
    fetched.push(response.body().then((body) => Math.min(body.length, gzipSync(body).length)))
  })
  await page.goto(fleetHost.launchAddress())
  await expect(new Frame(page).heading).toBeVisible()
  await expect(new OverviewPage(page).tally).toBeVisible()
  await fontsReady(page)
  const bytes = (await Promise.all(fetched)).reduce((sum, each) => sum + each, 0)
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThanOrEqual(limit)
})
