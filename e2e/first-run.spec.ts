import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { OverviewPage } from './pages/overview-page.ts'
import { ServerPage } from './pages/server-page.ts'

test('a new user starts the practice server, backs up and is protected', async ({ empty }) => {
  const [frame, overview, server] = [new Frame(empty), new OverviewPage(empty), new ServerPage(empty)]
  await expect(empty.getByText('Connect the first server')).toBeVisible()
  await overview.tryPractice.click()
  await expect(frame.heading).toHaveText('practice', { timeout: 180_000 })
  for (const name of ['atelier', 'marina', 'noor']) await server.select(name).check()
  await server.selection.getByRole('button', { name: 'Back up 3 accounts' }).click()
  await frame.entry('Overview').click()
  await expect(overview.tally).toHaveText('3 of 3 protected', { timeout: 300_000 })
  await expect(empty.getByRole('heading', { name: 'Needs attention' })).toBeHidden()
})
