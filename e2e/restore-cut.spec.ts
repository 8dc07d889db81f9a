import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openChangingServer, type ChangingServer } from './fixtures/changing-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AddServerPage } from './pages/add-server-page.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'
import { RestorePage } from './pages/restore-page.ts'
import { ServerPage } from './pages/server-page.ts'

/** Restores noor's files into marina, and lets the line break in the middle. */
async function restoreAndCut(page: Page, ssh: ChangingServer): Promise<RestorePage> {
  const restore = new RestorePage(page)
  const own = page.url().split('#')[0] ?? ''
  await page.goto(`${own}#/`)
  await page.goto(`${own}#/restore/web1/noor`)
  await restore.continue.click()
  await restore.option('Files only').check()
  await restore.continue.click()
  await restore.option('Different account, same server').check()
  await restore.account().selectOption('marina')
  await restore.review.click({ timeout: 180_000 })
  await restore.button('Restore to marina…').click()
  ssh.cutAfter(3_000_000)
  await restore.confirm('marina', 'Overwrite marina')
  await expect(restore.title).toHaveText('The restore to marina stopped in the middle', { timeout: 300_000 })
  await expect(restore.way).toContainText('Stopped here')
  ssh.mend()
  return restore
}

test(
  'a restore whose line breaks is taken back, or gone on with to its end',
  { tag: '@long' },
  async ({ empty }) => {
    await using ssh = await openChangingServer()
    const homeOf = (account: string) => ssh.current.accounts.find(({ name }) => name === account)?.home ?? ''
    await writeFile(join(homeOf('noor'), 'big.bin'), randomBytes(8_000_000))
    await new AddServerPage(empty).add({
      port: ssh.port,
      password: ssh.current.password.reveal(),
      name: 'web1',
    })
    const server = new ServerPage(empty)
    await server.select('noor').check()
    await server.selection.getByRole('button', { name: 'Back up 1 account' }).click()
    await new Frame(empty).entry('Jobs').click()
    await expect(new JobsPage(empty).row('Back up noor').filter({ hasText: 'Done' })).toBeVisible({
      timeout: 300_000,
    })

    let restore = await restoreAndCut(empty, ssh)
    await restore.button('Take it back…').click()
    await restore.question.getByRole('button', { name: 'Take it back' }).click()
    await expect(restore.title).toHaveText('Taken back: marina is as it was before', { timeout: 180_000 })

    restore = await restoreAndCut(empty, ssh)
    await restore.continue.click()
    await expect(restore.title).toHaveText(/^Restored to marina/, { timeout: 180_000 })
    await expect(restore.report).toContainText(/files/)
  },
)
