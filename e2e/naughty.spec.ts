import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bigList } from './faults/naughty/strings.ts'
import { openChangingServer } from './fixtures/changing-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { AddServerPage } from './pages/add-server-page.ts'
import { ArchivePage } from './pages/archive-page.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'
import { ServerPage } from './pages/server-page.ts'

/** Those that can be the name of a file. */
const names = [...new Set(bigList)].filter(
  (text) => text !== '' && !/[/\0]/.test(text) && Buffer.byteLength(text) < 255 && !/^\.{1,2}$/.test(text),
)

test('no naughty string runs a script or leads away, in any list', async ({ empty }) => {
  await using ssh = await openChangingServer()
  const home = ssh.current.accounts.find(({ name }) => name === 'noor')?.home ?? ''
  await mkdir(join(home, 'naughty'))
  for (const name of names) await mkdir(join(home, 'naughty', name)).catch(() => undefined)
  await writeFile(join(home, 'naughty', '<img src=x onerror=alert(1)>.txt'), '<script>alert(1)</script>')
  const dialogs: string[] = []
  empty.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const [frame, server, archive] = [new Frame(empty), new ServerPage(empty), new ArchivePage(empty)]
  const add = new AddServerPage(empty)
  await empty.getByRole('button', { name: 'Add server' }).click()
  await add.fill({ port: ssh.port, password: ssh.current.password.reveal(), name: 'web1' })
  await add.connect.click()
  await add.trust.click()
  await empty.getByRole('button', { name: 'Choose accounts to back up' }).click({ timeout: 180_000 })
  await server.select('noor').check()
  await server.selection.getByRole('button', { name: 'Back up 1 account' }).click()
  await frame.entry('Jobs').click()
  await expect(new JobsPage(empty).row('Back up noor').filter({ hasText: 'Done' })).toBeVisible({
    timeout: 300_000,
  })
  const own = empty.url().split('#')[0] ?? ''
  await frame.entry('Backups').click()
  await empty.getByRole('link', { name: 'noor' }).click()
  await new BackupsPage(empty).selected.getByRole('button', { name: 'Browse contents' }).click()
  await archive.folder('Files').click()
  await archive.folder('naughty').click()
  await expect(archive.rows).not.toHaveCount(1)
  await archive.search.fill('(1)>.txt')
  await expect(archive.entry('<img src=x onerror=alert(1)>.txt')).toBeVisible()
  await archive.entry('<img src=x onerror=alert(1)>.txt').click()
  await expect(archive.history).toContainText('Only in this backup.')

  const settings = `${own}#/servers/web1/sources/noor`
  await empty.goto(settings)
  const word = empty.getByRole('region', { name: 'Left out' })
  const field = word.getByRole('textbox')
  for (const text of names.slice(0, 60)) {
    await field.fill(text)
    await field.press('Enter')
  }
  await empty.getByRole('button', { name: 'Save changes' }).click()
  await expect(frame.messages).toContainText('Stored for noor')
  await empty.reload()
  await expect(word.getByRole('listitem')).not.toHaveCount(0)

  expect(dialogs).toEqual([])
  expect(empty.url()).toBe(settings)
  expect(await empty.locator('main img, main iframe, main script').count()).toBe(0)
})
