import { AppError } from '../shared/errors.ts'
import { bigList } from './faults/naughty/strings.ts'
import { serveFleet, type FleetHost } from './fixtures/serve-fleet.ts'
import { expect, test, watch } from './fixtures/window-test.ts'
import { Frame } from './pages/frame.ts'

const strings = [...new Set(bigList)].filter((text) => text.trim() !== '')

/** What servers may say, told by a look at harbor-1, by jobs that fail with it, and by somebody who is asked. */
async function sayAll({ app }: FleetHost): Promise<void> {
  const server = app.profiles.get('harbor-1')
  const look = app.looks.of(server.id)
  const [first, ...others] = look?.discovery.sources ?? []
  if (look === null || first === undefined) throw new Error('Nobody looked at harbor-1.')
  const naughty = {
    ...first,
    gecos: strings.join(' '),
    domains: [...strings],
    databases: strings.map((name) => ({
      ...{ engine: 'mysql' as const, name, bytes: 1 },
      evidence: [{ kind: 'prefix' as const, prefix: name }],
    })),
    mailboxes: strings.map((name) => ({
      ...{ domain: name, name, path: `/var/mail/${name}`, uid: 1, gid: 1, insideHome: false },
      evidence: [{ kind: 'mail-user' as const, mailbox: name }],
    })),
    paths: strings.map((path) => ({ path: `/${path}`, evidence: [{ kind: 'config-file' as const, path }] })),
  }
  await app.looks.keep(server.id, {
    ...look.discovery,
    sources: [naughty, ...others],
    unclaimed: strings.map((name) => ({ kind: 'database', name, where: name, bytes: 1 })),
    notes: strings.map((path) => ({ path, why: path })),
  })
  await Promise.all(
    strings.slice(0, 150).map((text) =>
      app.jobs.start({
        ...{ kind: 'backup', title: `harbor-1/${text}`, request: null, lock: text },
        run: (job) => {
          for (const level of ['info', 'warning', 'error'] as const) job.note(level, text)
          throw new AppError('remote-failed', text)
        },
      }),
    ),
  )
}

test('no naughty string of a server, a job or a question runs a script or leads away', async ({ page }) => {
  await using host = await serveFleet({ days: 2 })
  await sayAll(host)
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const complaints = watch(page)
  await page.goto(host.launchAddress())
  const frame = new Frame(page)
  await expect(frame.heading).toHaveText('Overview')
  const own = page.url().split('#')[0] ?? ''
  const look = host.app.looks.of(host.app.profiles.get('harbor-1').id)
  const source = look?.discovery.sources[0]?.name ?? ''
  const failed = host.app.jobs.list().find(({ state }) => state === 'failed')?.id ?? ''
  const screens = [
    '/',
    '/servers/harbor-1',
    `/servers/harbor-1/sources/${source}`,
    '/jobs',
    `/jobs/${failed}`,
  ]
  for (const screen of [...screens, '/restore', '/backups']) {
    await page.goto(`${own}#${screen}`)
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
    await page.keyboard.press('End')
    expect([screen, await page.locator('body img, body iframe, body script[src^="data:"]').count()]).toEqual([
      screen,
      0,
    ])
    expect(page.url()).toBe(`${own}#${screen}`)
  }
  const { signal } = new AbortController()
  for (const text of strings.filter((each) => /[<"'&]/.test(each)).slice(0, 20)) {
    const asked = host.app.prompts.ask(
      { server: 'harbor-1', instructions: text, text, echo: true },
      { signal },
    )
    await expect(frame.prompt).toBeVisible()
    await frame.prompt.getByRole('button', { name: 'Don’t sign in' }).click()
    expect(await asked).toBeNull()
  }
  expect([dialogs, complaints]).toEqual([[], []])
})
