import { connect } from 'node:net'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../../shared/client.ts'
import { cookieName } from './session.ts'
import { serveBrowser, type BrowserHost } from './serve.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Calls that got past the guards, and the door that counts them. */
const reached: string[] = []
const clock = { now: 0, monotonic: () => clock.now }
const client = createClient({
  call: async (method) => {
    reached.push(method)
    return { ok: true, value: { servers: [] } }
  },
  onEvent: () => () => undefined,
  closed: new AbortController().signal,
})
const html = Buffer.from('<!doctype html><title>Holdfast</title>')
const page = { type: 'text/html; charset=utf-8', bytes: html }
let host: BrowserHost
let session: { readonly cookie: string; readonly token: string }

function codeOf(address: string): string {
  return /#launch=(.+)$/.exec(address)?.[1] ?? ''
}

interface Asking {
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

/** Headers without those that an attack leaves out. */
function given(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
}

function ask({ method = 'GET', path = '/', headers = {}, body = '' }: Asking): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port: host.port, method, path, agent: false },
        headers: given({
          host: `127.0.0.1:${host.port}`,
          ...(method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...headers,
        }),
      },
      (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces).toString(),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A call as our own page makes it, with what an attack changes. */
const call = (change: Asking = {}): Promise<Answer> =>
  ask({
    method: 'POST',
    path: '/rpc/servers.list',
    body: '{}',
    ...change,
    headers: {
      cookie: session.cookie,
      'x-holdfast-token': session.token,
      'content-type': 'application/json',
      origin: `http://127.0.0.1:${host.port}`,
      'sec-fetch-site': 'same-origin',
      ...change.headers,
    },
  })

async function openSession(code: string): Promise<Answer> {
  return ask({
    ...{ method: 'POST', path: '/session', body: JSON.stringify({ code }) },
    headers: { 'content-type': 'application/json' },
  })
}

beforeAll(async () => {
  host = await serveBrowser({
    client,
    clock,
    port: 0,
    files: new Map([
      ['/', page],
      ['/index.html', page],
    ]),
  })
  const opened = await openSession(codeOf(host.launchAddress()))
  session = {
    cookie: (opened.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '',
    token: (JSON.parse(opened.body) as { readonly token: string }).token,
  }
})
afterAll(() => host[Symbol.asyncDispose]())

test('our own page gets through', async () => {
  expect(await call()).toMatchObject({ status: 200, body: '{"ok":true,"value":{"servers":[]}}' })
  expect(reached.splice(0)).toEqual(['servers.list'])
})

const without = (name: string) => ({ headers: { [name]: undefined } as unknown as OutgoingHttpHeaders })

/** Each row is an attack: its name, the request, and the status that turns it away. */
const attacks: readonly (readonly [string, () => Promise<Answer>, number])[] = [
  [
    'a name of an attacker that resolves to this computer',
    () => call({ headers: { host: 'evil.example' } }),
    421,
  ],
  ['the same with our port', () => call({ headers: { host: `evil.example:${host.port}` } }), 421],
  [
    'a host that begins like ours',
    () => call({ headers: { host: `127.0.0.1.evil.example:${host.port}` } }),
    421,
  ],
  ['a host that ends like ours', () => call({ headers: { host: `evil.localhost:${host.port}` } }), 421],
  ['0.0.0.0', () => call({ headers: { host: `0.0.0.0:${host.port}` } }), 421],
  ['IPv6 loopback', () => call({ headers: { host: `[::1]:${host.port}` } }), 421],
  ['our address without the port', () => call({ headers: { host: '127.0.0.1' } }), 421],
  ['another port of this computer', () => call({ headers: { host: '127.0.0.1:80' } }), 421],
  ['the page itself under a foreign name', () => ask({ headers: { host: 'evil.example' } }), 421],
  ['a foreign origin', () => call({ headers: { origin: 'https://evil.example' } }), 403],
  ['the origin of a sandboxed frame or a file', () => call({ headers: { origin: 'null' } }), 403],
  ['another port as origin', () => call({ headers: { origin: 'http://127.0.0.1:8080' } }), 403],
  ['https of ourselves', () => call({ headers: { origin: `https://127.0.0.1:${host.port}` } }), 403],
  ['our other name as origin', () => call({ headers: { origin: `http://localhost:${host.port}` } }), 403],
  [
    'a no-cors request of another site',
    () => call({ headers: { 'sec-fetch-site': 'cross-site', ...without('origin').headers } }),
    403,
  ],
  [
    'another port of this computer, which is the same site',
    () => call({ headers: { 'sec-fetch-site': 'same-site', ...without('origin').headers } }),
    403,
  ],
  [
    'a form',
    () => call({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' }),
    415,
  ],
  ['a form with JSON in plain text', () => call({ headers: { 'content-type': 'text/plain' } }), 415],
  ['a form with files', () => call({ headers: { 'content-type': 'multipart/form-data; boundary=x' } }), 415],
  ['no content type', () => call(without('content-type')), 415],
  [
    'JSON by another name',
    () => call({ headers: { 'content-type': 'application/json; charset=utf-7' } }),
    415,
  ],
  ['a change by GET', () => call({ method: 'GET', body: '' }), 405],
  ['a change by PUT', () => call({ method: 'PUT' }), 405],
  [
    'a preflight',
    () => call({ method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }),
    405,
  ],
  [
    'no session at all',
    () => call({ headers: { ...without('cookie').headers, ...without('x-holdfast-token').headers } }),
    401,
  ],
  [
    'the cookie alone, as another port of this computer gets it',
    () => call(without('x-holdfast-token')),
    401,
  ],
  ['the token alone', () => call(without('cookie')), 401],
  ['a token of the right length', () => call({ headers: { 'x-holdfast-token': 'A'.repeat(43) } }), 401],
  [
    'the cookie of another port',
    () => call({ headers: { cookie: session.cookie.replace(cookieName(host.port), cookieName(1)) } }),
    401,
  ],
  [
    'two cookies of our name',
    () => call({ headers: { cookie: `${session.cookie}; ${session.cookie}` } }),
    401,
  ],
  ['events without a session', () => ask({ path: '/events' }), 401],
  [
    'a body that says it is huge',
    () => call({ headers: { 'content-length': '99999999999' }, body: '' }),
    413,
  ],
  ['a compressed body', () => call({ headers: { 'content-encoding': 'gzip' } }), 400],
  ['a body that is no JSON', () => call({ body: '{' }), 400],
  ['a body that is no UTF-8', () => call({ body: '"\u0000' }), 400],
  ['a file above the page', () => ask({ path: '/../../../etc/passwd' }), 404],
  ['the same, encoded', () => ask({ path: '/%2e%2e/%2e%2e/etc/passwd' }), 404],
  ['the same, with backslashes', () => ask({ path: '/..\\..\\etc\\passwd' }), 404],
  ['a whole address as target', () => ask({ path: 'http://evil.example/' }), 404],
  [
    'framed by another site',
    () =>
      ask({
        headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      }),
    403,
  ],
  [
    'loaded as a script by another site',
    () =>
      ask({
        path: '/index.html',
        headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
      }),
    403,
  ],
]

test.each(attacks)('%s is turned away before anything happens', async (_, attack, status) => {
  const answer = await attack()
  expect(answer.status).toBe(status)
  expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  expect(reached).toEqual([])
})

test('a launch code opens one session', async () => {
  const code = codeOf(host.launchAddress())
  expect((await openSession(code)).status).toBe(200)
  expect((await openSession(code)).status).toBe(401)
})

test('a second page of a browser signs the first one not out, and a made-up cookie is not taken over', async () => {
  const openWith = (cookie: string) =>
    ask({
      ...{ method: 'POST', path: '/session', body: JSON.stringify({ code: codeOf(host.launchAddress()) }) },
      headers: { 'content-type': 'application/json', cookie },
    })
  const second = await openWith(session.cookie)
  const { token } = JSON.parse(second.body) as { readonly token: string }
  expect(second.headers['set-cookie']?.[0]).toContain(`${session.cookie};`)
  expect(token).not.toBe(session.token)
  expect((await call()).status).toBe(200)
  expect((await call({ headers: { 'x-holdfast-token': token } })).status).toBe(200)
  const own = `${cookieName(host.port)}=${'x'.repeat(43)}`
  expect((await openWith(own)).headers['set-cookie']?.[0]).not.toContain(own)
  reached.splice(0)
})

test('a launch code that nobody used for ten minutes opens nothing', async () => {
  const code = codeOf(host.launchAddress())
  clock.now += 10 * 60_000 + 1
  expect((await openSession(code)).status).toBe(401)
})

test('after ten wrong codes nobody may try for a minute, not even with a right one', async () => {
  const code = codeOf(host.launchAddress())
  for (let n = 0; n < 10; n += 1) await openSession('wrong')
  expect((await openSession(code)).status).toBe(429)
  clock.now += 60_001
  expect((await openSession(code)).status).toBe(200)
})

test('the session cookie is for no script and no other site', async () => {
  const opened = await openSession(codeOf(host.launchAddress()))
  const attributes = (opened.headers['set-cookie']?.[0] ?? '').split('; ').slice(1)
  expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict'])
})

test('a link or a file may open the page itself', async () => {
  const answer = await ask({
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  })
  expect(answer).toMatchObject({ status: 200, body: html.toString() })
})

test('every answer forbids inline scripts, framing, sniffing, caching and referrers', async () => {
  for (const { headers } of [await ask({}), await ask({ headers: { host: 'evil.example' } })]) {
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    )
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
  }
})

test('a WebSocket is closed without an answer', async () => {
  const socket = connect(host.port, '127.0.0.1')
  socket.write(
    `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  const said: Buffer[] = []
  for await (const piece of socket) said.push(piece as Buffer)
  expect(Buffer.concat(said).toString()).toBe('')
})

test('two requests in one, of which proxies see one, are not answered', async () => {
  const socket = connect(host.port, '127.0.0.1')
  socket.end(
    `POST /rpc/servers.list HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  )
  const said: Buffer[] = []
  for await (const piece of socket) said.push(piece as Buffer)
  expect(Buffer.concat(said).toString()).toBe('')
  expect(reached).toEqual([])
})
