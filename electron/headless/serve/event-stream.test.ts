import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { AppEvent } from '../../../shared/events.ts'
import { EventBus } from '../../core/event-bus.ts'
import { streamEvents } from './event-stream.ts'

/** A server of one stream; `read` gives the first events of a visit that saw everything up to `after`. */
async function open(events: EventBus) {
  const server = createServer((request, response) => {
    const after = /\d+$/.exec(request.url ?? '')?.[0]
    streamEvents(response, events, { after: after === undefined ? null : Number(after) })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    read: async (after: number | null, wanted: number): Promise<AppEvent[]> => {
      const visit = get({ host: '127.0.0.1', port, path: `/${after ?? ''}`, agent: false })
      const [response] = (await once(visit, 'response')) as [IncomingMessage]
      let text = ''
      for await (const piece of response) {
        text += String(piece)
        if (text.split('\n\n').length > wanted) break
      }
      visit.destroy()
      return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as AppEvent)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a first visit is told to look at everything, and where to go on', async () => {
  const events = new EventBus()
  events.publish({ type: 'servers.changed' })
  await using stream = await open(events)
  expect(await stream.read(null, 1)).toEqual([{ type: 'resync', seq: 1 }])
})

test('a visit that comes again gets what it missed, in order', async () => {
  const events = new EventBus()
  for (const type of ['servers.changed', 'catalog.changed', 'secrets.changed'] as const)
    events.publish({ type })
  await using stream = await open(events)
  expect(await stream.read(1, 2)).toEqual([
    { type: 'catalog.changed', seq: 2 },
    { type: 'secrets.changed', seq: 3 },
  ])
})

test('a visit that saw what nobody knows any more looks at everything', async () => {
  await using stream = await open(new EventBus())
  expect(await stream.read(999, 1)).toEqual([{ type: 'resync', seq: 0 }])
})

test('nobody listens for a visit that went', async () => {
  const events = new EventBus()
  await using stream = await open(events)
  await stream.read(null, 1)
  await expect.poll(() => events.hasListeners).toBe(false)
})
