import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type LabWindow } from './fixtures/lab-window.ts'
import { RestorePage } from './pages/restore-page.ts'

/** Backs up accounts of web1, and resolves to where the archives lie. */
async function backUp(
  { host: { client } }: LabWindow,
  ...accounts: readonly string[]
): Promise<readonly string[]> {
  const sources = accounts.map((source) => ({ server: 'web1', source }))
  await client.call('backups.start', {
    ...{ sources, scope: 'full', destinations: [], exclude: [], credentials: true },
  })
  const ended = async () => (await client.call('jobs.list', {})).jobs.filter((job) => job.finishedAt !== null)
  await expect.poll(async () => (await ended()).length, { timeout: 150_000 }).toBe(accounts.length)
  expect((await ended()).map(({ error }) => error)).toEqual(accounts.map(() => null))
  const { backups } = await client.call('backups.list', { server: 'web1' })
  return backups.flatMap(({ copies }) => copies.flatMap(({ path }) => path ?? []))
}

test(
  'an account is made on another server, from a file that somebody brought, and is removed again by undo',
  { tag: '@long' },
  async ({ page, lab }) => {
    const [archive = ''] = await backUp(lab, 'alice')
    const elsewhere = await mkdtemp(join(tmpdir(), 'brought-'))
    try {
      const brought = join(elsewhere, 'alice.tar.gz')
      await copyFile(archive, brought)
      const restore = new RestorePage(page)
      await page.goto(`${page.url().split('#')[0] ?? ''}#/restore`)
      await page.getByRole('radio', { name: 'Archive file' }).click()
      const path = page.getByRole('textbox', { name: 'Archive file on this computer' })
      await path.fill(join(elsewhere, 'nothing.tar.gz'))
      await restore.button('Look into it').click()
      await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
      await expect(restore.continue).toBeDisabled()
      await path.fill(brought)
      await restore.button('Look into it').click()
      await expect(page.getByText('An archive of Holdfast')).toBeVisible({ timeout: 180_000 })
      await restore.continue.click()
      await restore.option('Files only').check()
      await restore.continue.click()

      await expect(restore.option('Same account')).toBeDisabled()
      await restore.option('Account on a server').check()
      await page.getByRole('combobox', { name: 'Server' }).selectOption('web2')
      await restore.account().selectOption('A new account…')
      const name = page.getByRole('textbox', { name: 'Name of the new account' })
      await name.fill('root')
      await expect(page.getByRole('main')).toContainText('web2 has a user root already', { timeout: 300_000 })
      await expect(page.getByRole('main')).toContainText('under “Name of the new account”')
      await expect(page.getByRole('main')).not.toContainText('--to')
      await name.fill('alice2')
      await expect(restore.names).toContainText('/home/alice', { timeout: 300_000 })
      await expect(restore.name(/home\/alice$/)).toHaveValue('/home/alice2')
      await restore.review.click()
      await expect(restore.title).toHaveText('This is exactly what will happen on alice2')
      await expect(restore.plan).toContainText(/Account.*alice2/)
      await restore.button('Restore to alice2…').click()
      await expect(restore.question).toContainText('The account alice2 is made')
      await restore.confirm('alice2', 'Make alice2')
      await expect(restore.title).toHaveText(/^Restored to alice2/, { timeout: 300_000 })
      const { stdout } = await lab.web2.exec('id -un alice2; ls /home/alice2/public_html | wc -l')
      expect(stdout).toMatch(/^alice2\n[1-9]/)

      await restore.button('Undo this restore…').click()
      await restore.button('Undo the restore…').click({ timeout: 300_000 })
      await restore.confirm('alice2', 'Undo the restore')
      await expect(restore.title).toHaveText('Undone: alice2 is as it was before', { timeout: 300_000 })
      expect((await lab.web2.exec('id alice2', { anyCode: true })).code).not.toBe(0)
    } finally {
      await rm(elsewhere, { recursive: true })
    }
  },
)

const long = { tag: '@long' }

test(
  'all accounts of a lost server are made on another, but for those that are left out, and removed by undo',
  long,
  async ({ page, lab }) => {
    test.setTimeout(900_000)
    await backUp(lab, 'alice', 'bob', 'carol')
    const restore = new RestorePage(page)
    await page.goto(`${page.url().split('#')[0] ?? ''}#/restore`)
    await page.getByRole('link', { name: 'All accounts of a lost server…' }).click()
    await expect(restore.title).toHaveText('Which server should come back, and where?')
    await expect(page.getByRole('combobox', { name: 'Server that gets them' })).toHaveValue('web2')
    await page.getByRole('combobox', { name: 'What comes back' }).selectOption('Files only')
    await page.getByRole('checkbox', { name: 'carol' }).uncheck()
    await restore.review.click()
    const accounts = page.getByRole('table', { name: 'Accounts in this order' })
    await expect(accounts).toContainText('bob', { timeout: 300_000 })
    await expect(accounts).not.toContainText('carol')
    await restore.button('Restore to web2…').click()
    await restore.confirm('web2', 'Make 2 accounts')
    await expect(restore.title).toHaveText(/^Restored to web2/, { timeout: 300_000 })
    await expect(restore.report).toContainText('bob: ')
    expect((await lab.web2.exec('id -un alice bob; id carol', { anyCode: true })).stdout).toBe('alice\nbob\n')
    await restore.button('Undo this restore…').click()
    await restore.button('Undo the restore…').click({ timeout: 300_000 })
    await restore.confirm('web2', 'Undo the restore')
    await expect(restore.title).toHaveText('Undone: web2 is as it was before', { timeout: 300_000 })
    expect((await lab.web2.exec('id alice || id bob', { anyCode: true })).code).not.toBe(0)
  },
)
