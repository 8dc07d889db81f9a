import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reply } from '../../../shared/client.ts'
import { hasCode } from '../../../shared/errors.ts'
import type { AppEvent } from '../../../shared/events.ts'
import { claimOwnership, type Owner } from '../../core/store/owner.ts'
import { systemClock } from '../system-clock.ts'
import { acrossOwners } from './across-owners.ts'
import { Guests } from './guests.ts'
import type { Line } from './line.ts'
import { openOwnerLine } from './owner-line.ts'

const { signal } = new AbortController()

/** A product that counts what it carried out; a call is answered when the test says so, or ends with its signal. */
class CountingProduct {
  readonly done: string[] = []
  readonly ended: unknown[] = []
  readonly #listeners = new Set<(event: AppEvent) => void>()
  readonly #calls = new EventEmitter()
  readonly #answer = Promise.withResolvers<Reply>()

  /** Resolves when so many calls were taken. */
  async taken(count: number): Promise<void> {
    while (this.done.length < count) await once(this.#calls, 'taken')
  }

  answer(value: unknown): void {
    this.#answer.resolve({ ok: true, value })
  }

  publish(event: AppEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  call({ method }: { readonly method: string }, options: { readonly signal: AbortSignal }): Promise<Reply> {
    this.done.push(method)
    this.#calls.emit('taken')
    const stopped = new Promise<Reply>((resolve) =>
      options.signal.addEventListener('abort', () => {
        const { reason } = options.signal
        this.ended.push(
          hasCode(reason, 'connection-lost') ? 'caller gone' : (reason as { code: string }).code,
        )
        resolve({ ok: false, error: { code: 'cancelled', message: 'Ended.' } })
      }),
    )
    return Promise.race([this.#answer.promise, stopped])
  }

  onEvent(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

interface OwnerSide {
  readonly owner: Owner
  readonly product: CountingProduct
  readonly guests: Guests
}

describe('a process that speaks through the owner', () => {
  let folder: string

  async function own(): Promise<OwnerSide> {
    const owner = await claimOwnership(folder, { clock: systemClock, signal })
    if (owner.kind !== 'owner') throw new Error('Another process owns it.')
    const product = new CountingProduct()
    const guests = new Guests(product)
    owner.onConnection((channel) => guests.receive(channel))
    return { owner, product, guests }
  }

  async function visit(mine: AbortSignal = signal): Promise<Line> {
    const other = await claimOwnership(folder, { clock: systemClock, signal })
    if (other.kind !== 'other') throw new Error('Nobody else owns it.')
    const line = await openOwnerLine(await other.connect(), { signal: mine })
    if (line === null) throw new Error('It is leaving.')
    return line
  }

  async function leave({ owner, guests }: OwnerSide): Promise<void> {
    guests.takeNoMore()
    await owner.closeDoor()
    await guests.leave({ clock: systemClock })
    await owner[Symbol.asyncDispose]()
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-guests-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('gets the answer of a call that was taken before the owner leaves, and the last event before that', async () => {
    const side = await own()
    await using line = await visit()
    const heard: AppEvent[] = []
    line.onEvent((event) => heard.push(event))
    const call = line.call('servers.list', {})
    await side.product.taken(1)
    const leaving = leave(side)
    side.product.publish({ seq: 1, type: 'catalog.changed' })
    side.product.answer('late')
    expect(await call).toEqual({ ok: true, value: 'late' })
    await leaving
    expect(await line.call('servers.list', {})).toBeNull()
    expect([line.closed.aborted, side.product.done]).toEqual([false, ['servers.list']])
    expect(heard.length).toBe(1)
  })

  test('learns of a call that came too late that it was not carried out', async () => {
    const side = await own()
    await using line = await visit()
    side.guests.takeNoMore()
    const calls = [line.call('servers.list', {}), line.call('jobs.list', {})]
    await leave(side)
    expect(await Promise.all(calls)).toEqual([null, null])
    expect(side.product.done).toEqual([])
  })

  test('is never told so by an owner that just vanishes, whether or not it carried the call out', async () => {
    const side = await own()
    await using line = await visit()
    const call = line.call('servers.list', {})
    await side.product.taken(1)
    await side.owner[Symbol.asyncDispose]()
    expect(await call).toMatchObject({ ok: false, error: { code: 'connection-lost' } })
    expect(await line.call('jobs.list', {})).toMatchObject({ ok: false, error: { code: 'connection-lost' } })
    expect(line.closed.reason).toMatchObject({ code: 'connection-lost' })
    expect(side.product.ended).toEqual(['caller gone'])
  })

  test('ends its own call by its own signal, and the owner ends it by being stopped', async () => {
    const side = await own()
    const stop = new AbortController()
    await using line = await visit(stop.signal)
    const first = line.call('servers.list', {})
    await side.product.taken(1)
    stop.abort()
    expect(await first).toMatchObject({ ok: false })
    await using second = await visit()
    const call = second.call('jobs.list', {})
    await side.product.taken(2)
    side.guests.interrupt()
    expect(await call).toMatchObject({ ok: false })
    expect(side.product.ended).toEqual(['cancelled', 'interrupted'])
    await leave(side)
  })

  test('turns to the next owner with what the last one left undone, and hears its events', async () => {
    const first = await own()
    const second = Promise.withResolvers<OwnerSide>()
    let visits = 0
    await using transport = await acrossOwners(async () => {
      visits += 1
      if (visits === 2) second.resolve(await own())
      return visit()
    })
    const heard: AppEvent[] = []
    transport.onEvent((event) => heard.push(event))
    first.guests.takeNoMore()
    const calls = [transport.call('servers.list', {}), transport.call('jobs.list', {})]
    await leave(first)
    const { product } = await second.promise
    await product.taken(2)
    product.publish({ seq: 1, type: 'catalog.changed' })
    product.answer('done')
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 2 }, () => ({ ok: true, value: 'done' })))
    expect([first.product.done, product.done, heard.length]).toEqual([[], ['servers.list', 'jobs.list'], 1])
  })
})
