import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { installGuards, refusedSwitch } from './guards.ts'
import { isOurFrame, isOurs } from './origin.ts'
import { answerPage, registerPageScheme } from './page-protocol.ts'
import { safePreferences, visiblePlace } from './window.ts'
import { app, preventable, protocol, session, WebContents, type Frame } from './testing/electron.ts'
import type { WebFrameMain } from 'electron'

/** Addresses that are not ours, some by a hair. */
const foreign = [
  'https://evil.example/',
  'http://127.0.0.1/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'app://holdfast.evil.example/',
  'app://evil/',
  'app://holdfast:81/',
  'app://user@holdfast/',
  'apps://holdfast/',
  'about:blank',
  'blob:app://holdfast/0190',
  '',
]

let contents: WebContents
beforeAll(() => {
  installGuards()
  contents = new WebContents()
  app.emit('web-contents-created', {}, contents)
})

describe('whatever page there is', () => {
  test.each(foreign)('cannot go to %j', (url) => {
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      const event = preventable({ url, isMainFrame: true })
      contents.emit(name, event)
      expect([name, event.defaultPrevented]).toEqual([name, true])
    }
    expect(isOurs(url)).toBe(false)
  })

  test('can go to our own screens, but not in a frame', () => {
    const own = preventable({ url: 'app://holdfast/#/jobs', isMainFrame: true })
    contents.emit('will-navigate', own)
    contents.emit('will-frame-navigate', own)
    expect(own.defaultPrevented).toBe(false)
    const framed = preventable({ url: 'app://holdfast/', isMainFrame: false })
    contents.emit('will-frame-navigate', framed)
    expect(framed.defaultPrevented).toBe(true)
  })

  test('opens no window and embeds no webview', () => {
    const webview = preventable()
    contents.emit('will-attach-webview', webview, {}, {})
    expect(webview.defaultPrevented).toBe(true)
    for (const url of [...foreign, 'app://holdfast/'])
      expect(contents.windowOpenHandler({ url })).toEqual({ action: 'deny' })
  })

  test('gets no permission but to copy text, and that only as ours', () => {
    const { request, check, device } = session.defaultSession
    const granted = (url: string, permission: string) => {
      contents.url = url
      let answer: boolean | null = null
      request?.(contents, permission, (given) => (answer = given))
      return [answer, check?.(null, permission, url)]
    }
    expect(granted('app://holdfast/', 'clipboard-sanitized-write')).toEqual([true, true])
    expect(granted('https://evil.example/', 'clipboard-sanitized-write')).toEqual([false, false])
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'hid',
    ])
      expect(granted('app://holdfast/', permission)).toEqual([false, false])
    expect(device?.()).toBe(false)
  })
})

describe('a frame', () => {
  const frame = (change: Partial<Frame>) =>
    ({ url: 'app://holdfast/', origin: 'app://holdfast', parent: null, ...change }) as unknown as WebFrameMain
  test('is ours only at the top of our page', () => {
    expect(isOurFrame(frame({}))).toBe(true)
    expect(isOurFrame(null)).toBe(false)
    expect(isOurFrame(frame({ parent: { url: '', origin: '', parent: null } }))).toBe(false)
    expect(isOurFrame(frame({ origin: 'null' }))).toBe(false)
    for (const url of foreign) expect(isOurFrame(frame({ url }))).toBe(false)
  })
})

describe('the page', () => {
  const bytes = Buffer.from('<!doctype html>')
  const files = new Map([
    ['/', { type: 'text/html; charset=utf-8', bytes }],
    ['/main.js', { type: 'text/javascript; charset=utf-8', bytes }],
  ])
  const status = (url: string, method = 'GET') => answerPage({ url, method }, files).status

  test('is a file of the built window with all headers, or nothing', async () => {
    const answer = answerPage({ url: 'app://holdfast/', method: 'GET' }, files)
    expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html>'])
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(
      answerPage({ url: 'app://holdfast/no', method: 'GET' }, files).headers.has('content-security-policy'),
    ).toBe(true)
  })

  test.each([
    'app://holdfast/../package.json',
    'app://holdfast/%2e%2e/%2e%2e/etc/passwd',
    'app://holdfast/..%2f..%2fetc%2fpasswd',
    'app://holdfast//etc/passwd',
    'app://holdfast/main.js?x',
    'app://holdfast/main.js/',
    'app://holdfast/__proto__',
    ...foreign,
  ])('is not %s', (url) => expect(status(url)).toBe(404))

  test('takes nothing', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(status('app://holdfast/', method)).toBe(405)
  })

  test('has a scheme with no more rights than it needs', () => {
    registerPageScheme()
    expect(protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ])
  })
})

test('the window is sandboxed and isolated, and nothing is turned on that is off by default', () => {
  const on = Object.entries(safePreferences).flatMap(([name, value]) => (value === true ? [name] : []))
  expect(on).toEqual(['sandbox', 'contextIsolation', 'webSecurity'])
  expect(Object.values(safePreferences).every((value) => typeof value === 'boolean')).toBe(true)
})

test('a window comes back where a screen has it, else in the middle', () => {
  const place = { x: 3000, y: 10, width: 1200, height: 800, maximized: false }
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }]
  expect(visiblePlace(place, screens)).toBeNull()
  expect(visiblePlace({ ...place, x: 100 }, screens)).toEqual({ ...place, x: 100 })
  expect(visiblePlace(place, [])).toBeNull()
})

describe('a packaged program', () => {
  afterEach(() => {
    app.isPackaged = false
    app.commandLine.switches.clear()
  })
  test.each([
    'remote-debugging-port',
    'remote-debugging-pipe',
    'inspect',
    'js-flags',
    'password-store',
    'no-sandbox',
  ])('does not start with --%s', (name) => {
    app.commandLine.switches.add(name)
    expect(refusedSwitch()).toBeNull()
    app.isPackaged = true
    expect(refusedSwitch()).toBe(name)
  })
})
