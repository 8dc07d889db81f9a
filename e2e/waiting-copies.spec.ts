import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inventedFleet } from './fixtures/fleet-facts.ts'
import { addNightly } from './fixtures/nightly.ts'
import { serveEmpty } from './fixtures/serve-empty.ts'
import { expect, test, watch } from './fixtures/window-test.ts'
import { OverviewPage } from './pages/overview-page.ts'

test('a copy that waits is shown with why, is tried when asked for, and is gone once it is made', async ({
  page,
  shell,
}, testInfo) => {
  testInfo.skip(shell === 'desktop', 'The product behind the desktop’s window is in a process of its own.')
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-waiting-'))
  const [disk, away] = [join(folder, 'disk'), join(folder, 'away')]
  await using host = await serveEmpty()
  const { client } = host
  try {
    await client.call('practice.start', {})
    const add = (name: string, path: string) =>
      client.call('destinations.add', { kind: 'local', name, path, encrypted: false })
    await add('here', join(folder, 'here'))
    await add('usb', disk)
    await rename(disk, away)
    const { jobs } = await client.call('backups.start', {
      ...{ sources: [{ server: 'practice', source: 'marina' }], scope: 'full', exclude: [] },
      ...{ destinations: ['here', 'usb'], credentials: true },
    })
    const stateOf = async () =>
      (await client.call('jobs.show', { id: jobs[0]?.id ?? '', log: false })).job.finishedAt
    await expect.poll(stateOf, { timeout: 300_000 }).not.toBeNull()

    const complaints = watch(page)
    await page.goto(host.launchAddress())
    const overview = new OverviewPage(page)
    const row = overview.waiting('marina')
    await expect(row).toContainText('is not at usb.')
    await expect(row).toContainText('Next try')
    await overview.tryNow('usb').click()
    await expect.poll(async () => (await client.call('jobs.list', {})).jobs[0]?.state).toBe('failed')
    await expect(overview.tryNow('usb')).toBeEnabled()
    await expect(row).toContainText('is its disk plugged in?')

    await rename(away, disk)
    await overview.tryNow('usb').click()
    await expect(overview.waitingList).toHaveCount(0)
    const { backups } = await client.call('backups.list', {})
    expect(backups[0]?.copies.map(({ destination }) => destination).sort()).toEqual(['here', 'usb'])
    expect(complaints).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('says when each source is next by itself, and how many a schedule takes', async ({ own, ownHost }) => {
  const overview = new OverviewPage(own)
  await expect(overview.row('alice').getByRole('cell').last()).toHaveText('')
  await addNightly(ownHost)
  await own.reload()
  await expect(overview.row('alice').getByRole('cell').last()).toHaveText('02:00')
  await expect(overview.row('museum-noord').getByRole('cell').last()).toHaveText('')
  const nightly = overview.rail.getByRole('listitem').filter({ hasText: 'nightly' })
  await expect(nightly.getByTitle('tomorrow 02:00')).toHaveText('02:00')
  const accounts = inventedFleet
    .find(({ name }) => name === 'harbor-1')
    ?.sources.filter(({ kind }) => kind === 'account').length
  await expect(overview.rail.getByTitle(`${accounts ?? 0} sources`)).toBeVisible()
})
