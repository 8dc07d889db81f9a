import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deleteBackup } from '../backups/delete.ts'
import { CopyWorld } from './testing/copy-world.ts'

const { signal } = new AbortController()
let world: CopyWorld
beforeEach(async () => {
  world = await CopyWorld.create(['here', 'usb'])
})
afterEach(() => world[Symbol.asyncDispose]())

const copy = async (minutes: number) => (await world.workAfter(minutes)).copies
const places = (id: string) => world.backup(id).copies.map(({ destination }) => destination)
const missing = (id: string) => world.backup(id).missing.map(({ destination }) => destination)

test('a copy that is missing is listed with its backup, and made by itself from the copy that is there', async () => {
  const id = await world.store('here', { to: ['usb'] })
  expect([places(id), missing(id)]).toEqual([['here'], ['usb']])
  expect(await copy(14)).toEqual([])
  expect(await copy(2)).toMatchObject([{ destination: 'usb', error: null }])
  expect([places(id), missing(id), world.queue.list()]).toEqual([['here', 'usb'], [], []])
  expect(world.whole).toEqual([id])
  expect(world.backup(id).copies[1]?.verified).toMatchObject({ level: 'deep', ok: true })
  expect(world.jobs.list().map(({ kind, state }) => `${kind} ${state}`)).toEqual(['copy succeeded'])
})

test('while its destination is away it is tried with growing pauses, without jobs, and survives a restart', async () => {
  const ids = [await world.store('here', { to: ['usb'] }), await world.store('here', { to: ['usb'] })]
  await world.unplug('usb')
  const tried: number[] = []
  for (let minutes = 0; minutes < 60 * 24; minutes += 5) {
    const attempts = await copy(5)
    if (attempts.length === 0) continue
    tried.push(minutes + 5)
    expect(attempts.map(({ error }) => error?.code)).toEqual(['unreachable', 'unreachable'])
  }
  expect(tried).toEqual([15, 30, 60, 120, 240, 480, 840, 1200])
  expect(world.jobs.list()).toEqual([])
  expect(world.backup(ids[0]!).missing).toMatchObject([{ attempts: 8, code: 'unreachable' }])
  await world.plug('usb')
  await world.restart()
  expect(await copy(6 * 60)).toMatchObject([{ error: null }, { error: null }])
  expect(ids.map(missing)).toEqual([[], []])
})

test('a backup whose only copy is damaged is not copied, and does not keep others from it', async () => {
  const bad = await world.store('here', { to: ['usb'], hoursAgo: 2 })
  const good = await world.store('here', { to: ['usb'], hoursAgo: 3 })
  await appendFile(world.backup(bad).copies[0]!.path!, 'x')
  const attempts = await copy(15)
  expect(attempts.map(({ backup, error }) => [backup, error?.code])).toEqual([
    [bad, 'corrupt'],
    [good, undefined],
  ])
  expect([missing(bad), places(good)]).toEqual([['usb'], ['here', 'usb']])
})

test('of a backup that is gone nothing waits any more, but where it may only be out of sight it does', async () => {
  const id = await world.store('here', { to: ['usb'] })
  await world.unplug('usb')
  world.catalog.unreachable('here', 'its disk is away')
  await copy(60)
  expect(world.queue.list().length).toBe(1)
  await world.plug('usb')
  await world.restart()
  const { catalog, destinations, clock } = world
  await deleteBackup({ catalog, destinations, ports: { clock } }, world.backup(id), { signal })
  await copy(60)
  expect(world.queue.list()).toEqual([])
})

test('one that another computer has made meanwhile is only taken off', async () => {
  const id = await world.store('here', { to: ['usb'] })
  const stored = await readFile(join(world.folder, 'copy-queue.json'), 'utf8')
  await copy(15)
  expect(stored).toContain(id)
  await world.queue.expect(id, ['here', 'usb'])
  expect(missing(id)).toEqual([])
  expect([await copy(60), world.queue.list()]).toEqual([[], []])
})

test('cancelled, it is tried no more; one that is being made is stopped and leaves nothing', async () => {
  const [one, other] = [
    await world.store('here', { to: ['usb'] }),
    await world.store('here', { to: ['usb'], hoursAgo: 2 }),
  ]
  await world.upkeep.abandon(other, 'usb')
  const begun = world.jobRuns()
  const working = copy(15)
  await begun
  await world.upkeep.abandon(one, null)
  await working
  expect([world.queue.list(), places(one), places(other)]).toEqual([[], ['here'], ['here']])
  await world.restart()
  expect(world.catalog.list().flatMap(({ copies }) => copies).length).toBe(2)
})

test('closing while one is made keeps it, as if it had not been tried', async () => {
  const id = await world.store('here', { to: ['usb'] })
  const begun = world.jobRuns()
  const working = copy(15)
  await begun
  await world.jobs[Symbol.asyncDispose]()
  await working
  await world.restart()
  expect(world.queue.of(id)).toMatchObject([{ destination: 'usb', attempts: 0 }])
  expect(await copy(0)).toMatchObject([{ error: null }])
  expect(places(id)).toEqual(['here', 'usb'])
})

test('while a backup is being made, its copies are its own: none is made beside it, and none is given up', async () => {
  const id = await world.store('here', { to: ['usb'] })
  await world.queue.expect('01a21b4d-0000-7000-8000-00000000000a', ['here', 'usb'])
  const end = Promise.withResolvers<undefined>()
  const job = await world.jobs.start({
    ...{ kind: 'backup', title: 'lab/alice', request: null, lock: 's/alice' },
    run: async () => {
      await end.promise
      return { state: 'succeeded', backupId: null, warnings: 0 }
    },
  })
  expect([await copy(60), world.queue.list().length]).toEqual([[], 3])
  end.resolve(undefined)
  await world.jobs.settled(job.id)
  expect([await copy(0), world.queue.list()]).toMatchObject([[{ backup: id, error: null }], []])
})
