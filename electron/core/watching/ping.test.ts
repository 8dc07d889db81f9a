import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ping } from './ping.ts'

const { signal } = new AbortController()
const clock = {
  now: () => new Date(),
  monotonic: () => 0,
  sleep: (_: number, options: { signal: AbortSignal }) =>
    new Promise<void>((_resolve, reject) =>
      options.signal.addEventListener('abort', () => reject(new Error('Awake.')), { once: true }),
    ),
}

test('tells a real server how a run went, tries again, and never says the address in the log', async () => {
  const asked: string[] = []
  const answers = [500, 200, 200, 500, 500, 500]
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(answers.shift() ?? 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await using _ = { [Symbol.asyncDispose]: async () => void server.close() }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret-uuid?rid=1`
  const lines: string[] = []
  const log = { write: (...line: unknown[]) => void lines.push(JSON.stringify(line)) }
  const options = { ask: (at: string, init: { signal: AbortSignal }) => fetch(at, init), clock, log, signal }
  expect(await ping(url, 'start', options)).toBe(true)
  expect(await ping(url, 'good', options)).toBe(true)
  expect(await ping(url, 'bad', options)).toBe(false)
  expect(asked).toEqual([
    ...['/ping/secret-uuid/start?rid=1', '/ping/secret-uuid/start?rid=1', '/ping/secret-uuid?rid=1'],
    ...Array.from({ length: 3 }, () => '/ping/secret-uuid/fail?rid=1'),
  ])
  expect([lines.length, lines.join().includes('secret')]).toEqual([1, false])
})
