import { expect, test } from './fixtures/window-test.ts'
import { BackupsPage } from './pages/backups-page.ts'
import { Frame } from './pages/frame.ts'
import { OverviewPage } from './pages/overview-page.ts'
import { ServerPage } from './pages/server-page.ts'

test('jumps to an archive, an account and a screen from one list, by keyboard alone', async ({ fleet }) => {
  const frame = new Frame(fleet)
  await expect(new OverviewPage(fleet).tally).toBeVisible()
  await fleet.keyboard.press('Control+k')
  await expect(frame.palette.getByRole('combobox')).toBeFocused()
  await fleet.keyboard.type('alice 04-07')
  await expect(frame.palette.getByRole('option')).toHaveText(/alice_2026-04-07.tar.gz/)
  await fleet.keyboard.press('Enter')
  await expect(frame.palette).toBeHidden()
  await expect(frame.heading).toHaveText('7 Apr 2026, 02:00')
  await fleet.keyboard.press('Control+k')
  await fleet.keyboard.type('belongs hollis')
  await fleet.keyboard.press('Enter')
  await expect(frame.heading).toHaveText('What belongs to hollis')
  await fleet.keyboard.press('Control+k')
  await fleet.keyboard.type('nothing is called so')
  await expect(frame.palette).toContainText('Nothing matches.')
  await fleet.keyboard.press('Escape')
  await expect(frame.palette).toBeHidden()
})

test('rows have a menu, which the keyboard opens too', async ({ fleet }) => {
  const [frame, backups] = [new Frame(fleet), new BackupsPage(fleet)]
  await frame.entry('harbor-1').click({ button: 'right' })
  await expect(frame.menu).toHaveAccessibleName('harbor-1')
  await frame.menu.getByRole('menuitem', { name: 'Open' }).click()
  await expect(frame.heading).toHaveText('harbor-1')
  await new ServerPage(fleet).select('gullcafe').focus()
  await fleet.keyboard.press('ContextMenu')
  await frame.menu.getByRole('menuitem', { name: 'Show backups' }).click()
  await expect(frame.heading).toHaveText('gullcafe')
  await backups.row('gullcafe_2026-04-07').click({ button: 'right' })
  await expect(frame.menu.getByRole('menuitem').first()).toContainText('Restore…')
  await expect(frame.menu.getByRole('menuitem')).toHaveCount(5)
  await fleet.keyboard.press('Escape')
  await expect(frame.menu).toBeHidden()
})

test('moves in the list of accounts by arrows, and selects on the way', async ({ fleet }) => {
  const [frame, server] = [new Frame(fleet), new ServerPage(fleet)]
  await frame.entry('harbor-1').click()
  await server.select('alice').focus()
  await fleet.keyboard.press('ArrowDown')
  await expect(server.select('bergdorp')).toBeFocused()
  await fleet.keyboard.press('Shift+ArrowDown')
  await expect(server.selection).toContainText('2 accounts selected')
  await fleet.keyboard.press('Home')
  await expect(server.select('alice')).toBeFocused()
})
