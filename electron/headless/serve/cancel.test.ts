import { request } from 'node:http'
import { expect, test } from 'vitest'
import { createClient } from '../../../shared/client.ts'
import { cookieName } from './session.ts'
import { serveBrowser } from './serve.ts'

const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

/** A page that makes one call and then closes it; resolves to the signal that the call was made with. */
async function leaveCall(headers: Readonly<Record<string, string>>): Promise<AbortSignal> {
  const called = Promise.withResolvers<AbortSignal>()
  await using host = await serveBrowser({
    client: createClient({
      call: (_method, _input, options) => {
        const signal = options?.signal ?? new AbortController().signal
        called.resolve(signal)
        return endless(signal)
      },
      onEvent: () => () => undefined,
      closed: new AbortController().signal,
    }),
    ...{ clock: { monotonic: () => 0 }, port: 0, files: new Map() },
  })
  const here = { host: '127.0.0.1', port: host.port, agent: false, method: 'POST' } as const
  const code = host.launchAddress().split('=')[1]
  const opened = await fetch(`http://127.0.0.1:${host.port}/session`, {
    ...{ method: 'POST', body: JSON.stringify({ code }), headers: { 'content-type': 'application/json' } },
  })
  const { token } = (await opened.json()) as { readonly token: string }
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(cookie).toContain(cookieName(host.port))
  const asked = request({
    ...{ ...here, path: '/rpc/servers.list' },
    headers: {
      ...{ cookie, 'x-holdfast-token': token, 'content-type': 'application/json', 'content-length': 2 },
      ...headers,
    },
  })
  asked.on('error', () => undefined)
  asked.end('{}')
  const signal = await called.promise
  const closed = new Promise((resolve) => asked.once('close', resolve))
  asked.destroy()
  await closed
  // The server answers another visit after it saw the first one go.
  await fetch(`http://127.0.0.1:${host.port}/`).catch(() => undefined)
  return signal
}

test('a call that was made to end with its request does, any other goes on', async () => {
  const ends = await leaveCall({ 'x-holdfast-ends': 'with-request' })
  expect(ends.aborted).toBe(true)
  expect(ends.reason).toMatchObject({ code: 'cancelled' })
  expect((await leaveCall({})).aborted).toBe(false)
})
