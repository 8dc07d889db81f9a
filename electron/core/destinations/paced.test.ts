import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openMemoryDestination } from './memory.ts'
import { paced } from './paced.ts'

test('bodies come whole, and every byte is asked for before it passes', async () => {
  const clock = { now: () => new Date('2026-04-08T02:00:00Z') }
  const inner = openMemoryDestination({ name: 'there', clock })
  const { signal } = new AbortController()
  let taken = 0
  let stopped = false
  const throttle = {
    take: async (bytes: number) => {
      if (stopped) throw new Error('stopped')
      taken += bytes
    },
  }
  const destination = paced(inner, throttle)
  const body = Buffer.alloc(300_000, 'x')
  await destination.put('a/b', body, { signal })
  expect((await buffer(await destination.get('a/b', { signal }))).equals(body)).toBe(true)
  expect(taken).toBe(300_000)
  stopped = true
  await expect(buffer(await destination.get('a/b', { signal }))).rejects.toThrow('stopped')
})
