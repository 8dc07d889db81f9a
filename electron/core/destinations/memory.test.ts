import { describeDestination } from './conformance.ts'
import type { MemoryPlace } from './memory.ts'
import { openMemoryDestination } from './memory.ts'

describeDestination('memory', () => {
  const place: MemoryPlace = new Map()
  const clock = { now: () => new Date('2026-04-08T02:00:00Z') }
  return Promise.resolve({
    open: () => Promise.resolve(openMemoryDestination({ name: 'memory', clock, place })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
})
