import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Job } from '../../shared/model/job.ts'
import {
  answers,
  app,
  Menu,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  shown,
  Tray,
  type MenuItem,
} from './testing/electron.ts'
import { startDesktop, type Started } from './testing/started.ts'

let desktop: Started
const id = '0190a5a0-0000-7000-8000-000000000001'

function job(change: Partial<Job> = {}): Job {
  return {
    ...{
      id,
      kind: 'backup',
      state: 'running',
      title: 'cedarlaw',
      request: null,
      createdAt: '2026-04-08T00:00:00.000Z',
    },
    ...{ startedAt: '2026-04-08T00:00:00.000Z', finishedAt: null, backupId: null, warnings: 0 },
    ...{ missingCopies: [], error: null },
    progress: {
      ...{ phase: 'files', bytes: 61, items: 0, totalBytes: 100, totalItems: null, approximate: false },
      ...{ rate: 1, secondsLeft: 120, current: null },
    },
    ...change,
  }
}

/** Publishes an event of the core, and resolves when the page has heard it. */
async function emit(event: object): Promise<void> {
  const heard = new Promise<void>((resolve) => {
    const end = desktop.page.onEvent(() => {
      end()
      resolve()
    })
  })
  await desktop.page.call('emit', event)
  await heard
}

const labels = () => (Tray.newest?.menu?.items ?? []).map(({ label }) => label)
const item = (
  label: string,
  items: readonly MenuItem[] = Tray.newest?.menu?.items ?? [],
): MenuItem | undefined => items.find((each) => each.label === label)
const calls = async () => {
  const reply = await desktop.page.call('calls', {})
  return (reply as unknown as { readonly value: { readonly method: string; readonly input: unknown }[] })
    .value
}
const notifications = () =>
  shown.filter(({ what }) => what === 'notification').map(({ value }) => value as Notification)

beforeAll(async () => {
  desktop = await startDesktop('electron/main/testing/scripted-core.ts')
  await desktop.page.call('about.show', {})
})
afterAll(() => desktop[Symbol.asyncDispose]())
beforeEach(() => void shown.splice(0))

test('a job that runs keeps the computer awake and is in the tray, and neither once it has ended', async () => {
  await emit({ type: 'job.changed', job: job() })
  expect(powerSaveBlocker.active.size).toBe(1)
  expect(labels()).toContain('cedarlaw, 61 %, about 2 min left')
  expect(basename(Tray.newest?.image.path ?? '')).toMatch(/^working/)
  await emit({
    type: 'job.changed',
    job: job({ state: 'succeeded', finishedAt: '2026-04-08T00:01:00.000Z' }),
  })
  expect([powerSaveBlocker.active.size, notifications().length]).toEqual([0, 0])
  expect(labels()).not.toContain('cedarlaw, 61 %, about 2 min left')
})

test('a job that failed is told once, and a click leads to it', async () => {
  const failed = job({
    state: 'failed',
    finishedAt: '2026-04-08T00:01:00.000Z',
    error: { code: 'remote-failed', message: 'MariaDB refused access. The 7 Apr backup is intact.' },
  })
  await emit({ type: 'job.changed', job: failed })
  await emit({ type: 'job.changed', job: failed })
  expect(notifications().map(({ options }) => options)).toEqual([
    {
      title: 'cedarlaw was not backed up',
      body: 'MariaDB refused access. The 7 Apr backup is intact.',
      actions: [{ type: 'button', text: 'See what to fix' }],
    },
  ])
  const routes: string[] = []
  desktop.page.onRoute((route) => routes.push(route))
  notifications()[0]?.emit('click')
  expect(routes).toEqual([`#/jobs/${id}`])
})

test('its buttons try it again as it was asked for, and show what is to be fixed', async () => {
  const asked = {
    ...{ server: 'harbor-1', source: 'ferrybooks', scope: 'full' as const },
    destinations: ['usb'],
  }
  await emit({
    type: 'job.changed',
    job: job({
      ...{ id: '0190a5a0-0000-7000-8000-000000000002', state: 'failed' },
      ...{ finishedAt: '2026-04-08T00:01:00.000Z', error: { code: 'remote-failed', message: 'No.' } },
      request: { ...asked, only: [], exclude: ['*.log'], credentials: true, trigger: 'on-demand' },
    }),
  })
  const [notification] = notifications()
  expect(notification?.options.actions?.map(({ text }) => text)).toEqual(['See what to fix', 'Try again'])
  notification?.emit('action', { actionIndex: 1 })
  const { server, source, ...rest } = asked
  await expect
    .poll(async () => (await calls()).filter(({ method }) => method === 'backups.start'))
    .toEqual([
      {
        method: 'backups.start',
        input: { ...rest, sources: [{ server, source }], exclude: ['*.log'], credentials: true },
      },
    ])
})

test('where the product refuses what a button asked for, that is said', async () => {
  const { page } = desktop
  await page.call('refuse', { method: 'schedules.run', value: 'It is running already.' })
  const run = {
    ...{ id: 'r1', schedule: 'Nightly', state: 'missed', count: 2, sources: [], error: null },
  }
  const rows = (attention: readonly object[]) => ({
    schedules: [
      { schedule: { name: 'Nightly', sources: [], paused: null }, attention, open: null, next: null },
    ],
  })
  await page.call('script', { method: 'schedules.list', value: rows([]) })
  await emit({ type: 'schedules.changed' })
  await expect.poll(() => labels().join()).toContain('Pause schedules')
  await page.call('script', { method: 'schedules.list', value: rows([run]) })
  await emit({ type: 'schedules.changed' })
  await expect.poll(() => notifications().length).toBe(1)
  expect(notifications()[0]?.options.actions?.map(({ text }) => text)).toEqual(['Run now'])
  notifications()[0]?.emit('action', { actionIndex: 0 })
  await expect
    .poll(() => shown.filter(({ what }) => what === 'error-box').map(({ value }) => value))
    .toEqual(['That was not done: It is running already.'])
  await page.call('script', { method: 'schedules.list', value: { schedules: [] } })
  await emit({ type: 'schedules.changed' })
})

test('closing the window leaves it in the tray, which opens it again', async () => {
  const { window } = desktop
  window.show()
  window.close()
  expect(window.isVisible()).toBe(false)
  item('Open Holdfast')?.click?.()
  expect(window.isVisible()).toBe(true)
})

test('native dialogs answer with one path, or nothing', async () => {
  answers.picks.push(['/home/ada/backups'], [])
  expect(await desktop.page.pick('folder')).toBe('/home/ada/backups')
  expect(await desktop.page.pick('archive')).toBeNull()
})

test('preferences are kept, and launch at login becomes an entry of this desktop', async () => {
  const { page, folder } = desktop
  const file = join(folder, 'config/autostart/holdfast.desktop')
  expect(await page.changePreferences({ launchAtLogin: true })).toMatchObject({ launchAtLogin: true })
  expect(await readFile(file, 'utf8')).toMatch(
    /^\[Desktop Entry\]\nType=Application\nName=Holdfast\nExec=".+" --hidden\n$/,
  )
  expect(await page.readPreferences()).toMatchObject({ launchAtLogin: true, keepInTray: true })
  await page.changePreferences({ launchAtLogin: false })
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(page.changePreferences({ quietHours: { from: '25:00', to: '07:00' } })).rejects.toMatchObject({
    code: 'invalid-input',
  })
})

test('after a sleep the page and the tray read everything again', async () => {
  const { page } = desktop
  await page.call('script', { method: 'jobs.list', value: { jobs: [job({ title: 'begun-meanwhile' })] } })
  const heard: string[] = []
  page.onEvent(({ type }) => heard.push(type))
  powerMonitor.emit('suspend')
  expect(heard).toEqual([])
  powerMonitor.emit('resume')
  expect(heard).toEqual(['resync'])
  await expect.poll(labels).toContain('begun-meanwhile, 61 %, about 2 min left')
  await page.call('script', { method: 'jobs.list', value: { jobs: [] } })
  powerMonitor.emit('resume')
  await expect.poll(labels).not.toContain('begun-meanwhile, 61 %, about 2 min left')
})

test('the menu leads to screens', () => {
  const routes: string[] = []
  desktop.page.onRoute((route) => routes.push(route))
  const all = (Menu.application?.items ?? []).flatMap(({ submenu }) => submenu ?? [])
  for (const label of ['Settings…', 'Jobs']) item(label, all)?.click?.()
  expect(routes).toEqual(['#/settings', '#/jobs'])
})

test('quitting while a job runs asks, keeps running by default, and discards when told to', async () => {
  await emit({ type: 'job.changed', job: job() })
  answers.buttons.push(0, 1)
  app.quit()
  await expect.poll(() => shown.map(({ what }) => what)).toEqual(['stay-awake', 'message-box'])
  expect(shown[1]?.value).toMatchObject({
    message: 'cedarlaw is 61 % done.',
    buttons: ['Keep running', 'Quit and discard it'],
    ...{ defaultId: 0, cancelId: 0 },
  })
  app.quit()
  await expect
    .poll(() => shown.map(({ what }) => what))
    .toEqual(['stay-awake', 'message-box', 'message-box', 'quit'])
})
