import { bigList } from './faults/naughty/strings.ts'
import { addNightly } from './fixtures/nightly.ts'
import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { SchedulesPage } from './pages/schedules-page.ts'

/** Some of each sort; none of them can be the name of anything. */
const notNames = [...new Set(bigList)]
  .filter((text) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text.trim()))
  .filter((_, at) => at % 12 === 0)

test('makes a schedule of every account, and shows when it runs and what it keeps', async ({
  own,
  ownHost,
}) => {
  const [frame, schedules] = [new Frame(own), new SchedulesPage(own)]
  await expect(frame.heading).toHaveText('Overview')
  await own.keyboard.press('Control+4')
  await expect(own.getByText('Nothing runs by itself yet')).toBeVisible()
  await schedules.create.click()
  await schedules.save.click()
  await expect(schedules.part('What')).toContainText('A schedule needs at least one source.')
  await schedules.field('Name').fill('nightly')
  await schedules.of('harbor-1').selectOption('Every account, also new ones')
  await own.getByRole('radio', { name: 'Cron' }).click()
  await schedules.field('Cron expression').fill('* * * * *')
  await schedules.field('Cron expression').blur()
  await expect(schedules.part('When')).toContainText('more often than every 15 minutes')
  await own.getByRole('radio', { name: 'Weekly' }).click()
  await schedules.part('When').getByLabel('On', { exact: true }).selectOption('Sunday')
  await expect(schedules.runs.getByRole('listitem')).toHaveText([
    /Sun 12 Apr/,
    /Sun 19 Apr/,
    /Sun 26 Apr/,
    /Sun 3 May/,
    /Sun 10 May/,
  ])
  await schedules.field('Months').fill('3')
  await expect(schedules.part('Keep')).toContainText('Keeps the last 7 and one per month for 3 months')
  await schedules.save.click()
  await expect(schedules.entry('nightly')).toContainText('every account of harbor-1')
  await expect(schedules.entry('nightly')).toContainText('Next: Sun 12 Apr 02:00')
  expect(ownHost.app.schedules.get('nightly')).toMatchObject({
    ...{ times: { every: 'week', on: 'sun', at: '02:00' }, zone: 'UTC', destinations: ['this-computer'] },
    retention: { last: 7, monthly: 3, daily: null },
  })
  await frame.entry('Overview').click()
  await own.getByRole('link', { name: 'nightly' }).click()
  await expect(frame.heading).toHaveText('Schedules')
})

test('changes only what was changed, and keeps it where the product refuses', async ({ own, ownHost }) => {
  await addNightly(ownHost)
  const schedules = new SchedulesPage(own)
  await own.goto(`${new URL(own.url()).origin}/#/new-schedule/harbor-1/alice`)
  await schedules.field('Name').fill('nightly')
  await schedules.save.click()
  await expect(schedules.said).toContainText('nightly')
  await expect(own.getByRole('checkbox', { name: 'alice' })).toBeChecked()
  await schedules.field('Name').fill('bakery')
  await schedules.save.click()
  await expect(schedules.entry('bakery')).toContainText('alice on harbor-1')

  await schedules.entry('nightly').click()
  await own.getByRole('radio', { name: /Wait for the next time/ }).check()
  await schedules.field('The last').fill('0')
  await schedules.save.click()
  await expect(schedules.said).toContainText('Keep at least 1')
  await schedules.field('The last').fill('14')
  await schedules.save.click()
  await expect(new Frame(own).messages).toContainText('Saved nightly')
  expect(ownHost.app.schedules.get('nightly')).toMatchObject({
    ...{ missed: { then: 'wait' }, retention: { last: 14 }, times: { every: 'day', at: '02:00' } },
  })
  await schedules.field('The last').fill('3')
  await own.getByRole('button', { name: 'Discard' }).click()
  await expect(schedules.field('The last')).toHaveValue('14')
})

test('pauses one and all, runs now, and removes without touching backups', async ({ own, ownHost }) => {
  await addNightly(ownHost)
  const [frame, schedules] = [new Frame(own), new SchedulesPage(own)]
  await frame.entry('Schedules').click()
  await own.getByRole('button', { name: 'Pause…' }).click()
  await frame.menu.getByRole('menuitem', { name: 'Until a time…' }).click()
  const question = own.getByRole('alertdialog')
  await question.getByLabel('Until').fill('2026-04-01T08:00')
  await expect(question.getByRole('button', { name: 'Pause' })).toBeDisabled()
  await question.getByLabel('Until').fill('2026-04-12T08:00')
  await question.getByRole('button', { name: 'Pause' }).click()
  await expect(schedules.entry('nightly')).toContainText('Paused until Sun 12 Apr 08:00')
  await own.getByRole('button', { name: 'Resume', exact: true }).click()
  await expect(schedules.entry('nightly')).toContainText('Next: tomorrow 02:00', { timeout: 180_000 })
  await own.getByRole('button', { name: 'Pause all…' }).click()
  await frame.menu.getByRole('menuitem', { name: 'Until I resume' }).click()
  await expect(schedules.entry('nightly')).toContainText('Paused since 8 Apr', { timeout: 180_000 })
  await own.getByRole('button', { name: 'Resume all' }).click()
  await own.getByRole('button', { name: 'Run now' }).first().click()
  await expect(frame.messages).toContainText('Running nightly')
  await expect(schedules.runs).toContainText('By hand today 14:05', { timeout: 180_000 })

  await own.getByRole('button', { name: 'Remove…' }).click()
  await own.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(own.getByText('Nothing runs by itself yet')).toBeVisible()
  expect(ownHost.app.schedules.list()).toEqual([])
  expect(ownHost.app.catalog.list()).not.toEqual([])
})

test('says that a source is gone, and what retention would remove', async ({ own, ownHost }) => {
  const { id } = ownHost.app.profiles.get('harbor-1')
  const gone = { pick: 'source', serverId: id, source: 'oldshop' } as const
  const lost = { pick: 'accounts', serverId: '0196125e-0c60-7000-8000-00000000dead' } as const
  await addNightly(ownHost, { sources: [gone, lost] })
  const [frame, schedules] = [new Frame(own), new SchedulesPage(own)]
  await frame.entry('Schedules').click()
  await expect(own.getByText('harbor-1/oldshop: not on the server any more.')).toBeVisible()
  await expect(own.getByText('A server of this schedule is not in Holdfast any more.')).toBeVisible()
  await expect(schedules.part('What')).toContainText('not there any more')
  await schedules.goes.getByRole('button', { name: 'Show what these rules remove' }).click()
  await expect(schedules.goes).toContainText('Nothing would go now.')
  await expect(schedules.goes).toContainText('This computer has no backup of this schedule.')
})

test('no naughty string as a name runs a script, and each that is no name is refused', async ({ own }) => {
  const dialogs: string[] = []
  own.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const schedules = new SchedulesPage(own)
  await own.goto(`${new URL(own.url()).origin}/#/new-schedule`)
  const name = schedules.field('Name')
  await name.fill('x')
  await name.blur()
  for (const text of notNames) {
    await name.fill(text)
    await expect(name).toHaveAttribute('aria-invalid', 'true')
  }
  expect(dialogs).toEqual([])
  expect(await own.locator('main img, main iframe, main script').count()).toBe(0)
})
