import { expect, test } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'
import { JobsPage } from './pages/jobs-page.ts'

test('shows what runs in a drawer, by keyboard, over any screen', async ({ fleet }) => {
  const jobs = new JobsPage(fleet)
  await expect(new Frame(fleet).entry('Jobs')).toContainText('1')
  await fleet.keyboard.press('ControlOrMeta+j')
  await expect(jobs.drawer).toContainText('11.3 of 18.6 GB')
  await jobs.drawer.getByRole('radio', { name: /Failed/ }).click()
  await expect(jobs.row('Back up ferrybooks')).toContainText('MariaDB refused access')
  await fleet.keyboard.press('Escape')
  await expect(jobs.drawer).toBeHidden()
})

test('asks before it cancels, and says what is kept', async ({ fleet }) => {
  const [frame, jobs] = [new Frame(fleet), new JobsPage(fleet)]
  await frame.entry('Jobs').click()
  await jobs.row('Back up cedarlaw').filter({ hasText: 'Cancel' }).getByRole('button').click()
  await expect(frame.heading).toHaveText('Back up cedarlaw')
  await expect(jobs.question).toContainText('Earlier backups stay as they are')
  await expect(jobs.question.getByRole('button', { name: 'Keep running' })).toBeFocused()
  await fleet.keyboard.press('Escape')
  await expect(jobs.question).toBeHidden()
  await expect(jobs.whole).toHaveAttribute('aria-valuenow', '61')
})

test('tells why a job failed', async ({ fleet }) => {
  const [frame, jobs] = [new Frame(fleet), new JobsPage(fleet)]
  await frame.entry('Jobs').click()
  await jobs.row('Back up ferrybooks').getByRole('link').click()
  await expect(fleet.getByRole('alert')).toContainText('MariaDB refused access to ferrybooks_shop.')
  await expect(fleet.getByRole('button', { name: /Cancel/ })).toHaveCount(0)
})
