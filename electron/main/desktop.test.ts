import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CoreState } from '../../shared/desktop.ts'
import { shown, app, utilityProcess } from './testing/electron.ts'
import { startDesktop, type Started } from './testing/started.ts'

let desktop: Started
const states: CoreState[] = []
const heard: string[] = []

/** Resolves when the page has heard of such a state so often. */
async function reached(state: CoreState, times: number): Promise<void> {
  if (states.filter((each) => each === state).length >= times) return
  await new Promise<void>((resolve) => {
    desktop.page.onState((each) => {
      if (each === state && states.filter((known) => known === state).length >= times) resolve()
    })
  })
}

beforeAll(async () => {
  desktop = await startDesktop('electron/headless/desktop-core.ts')
  desktop.page.onState((state) => states.push(state))
  desktop.page.onEvent(({ type }) => heard.push(type))
})
afterAll(() => desktop[Symbol.asyncDispose]())

test('the page calls the product, which runs in a process of its own', async () => {
  const { page, folder } = desktop
  expect(await page.call('about.show', {})).toMatchObject({
    ok: true,
    value: { dataFolder: join(folder, 'data') },
  })
  expect(await page.call('no.such', {})).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(await page.call('about.show', { more: 1 })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })
  expect([states.at(-1), utilityProcess.processes.length]).toEqual(['open', 1])
})

test('a call that the page gives up ends in that process too', async () => {
  const { page } = desktop
  const silent = createServer()
  const asked = once(silent, 'connection')
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const id = '0190a5a0-0000-4000-8000-000000000001'
  const call = page.call('servers.scan', { host: '127.0.0.1', port, jump: null }, id)
  await asked
  await page.cancel(id)
  expect(await call).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  await page.cancel(id)
  silent.close()
})

test('where that process is killed, the page says so, and it is started again over the same data', async () => {
  const { page } = desktop
  const call = page.call('servers.scan', { host: '192.0.2.1', port: 22, jump: null })
  process.kill(utilityProcess.processes[0]?.pid ?? 0, 'SIGKILL')
  expect(await call).toMatchObject({ ok: false, error: { code: 'connection-lost' } })
  await page.restartCore()
  await reached('open', 2)
  expect(await page.call('about.show', {})).toMatchObject({ ok: true })
  expect(states.filter((state) => state !== 'connecting')).toEqual(['open', 'lost', 'open'])
  expect(heard.filter((type) => type === 'resync').length).toBeGreaterThan(0)
})

test('quitting without a job asks nothing, and the core lets go of the data folder first', async () => {
  app.quit()
  const core = utilityProcess.processes.at(-1)
  const code = await new Promise((resolve) => core?.on('exit', resolve))
  await new Promise((resolve) => setImmediate(resolve))
  expect(code).toBe(0)
  expect(shown.filter(({ what }) => what === 'message-box' || what === 'quit')).toEqual([
    { what: 'quit', value: null },
  ])
})
