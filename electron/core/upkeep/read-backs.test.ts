import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CopyWorld } from './testing/copy-world.ts'

const month = 30 * 24 * 60
let world: CopyWorld
beforeEach(async () => {
  world = await CopyWorld.create(['here', 'usb'])
})
afterEach(() => world[Symbol.asyncDispose]())

const read = async (minutes: number) => (await world.workAfter(minutes)).readBacks

test('the newest copy is read back once in thirty days, and that lies beside it', async () => {
  await world.store('here', { hoursAgo: 5 })
  const id = await world.store('here')
  expect(await read(month - 120)).toEqual([])
  expect(await read(120)).toMatchObject([{ backup: id, destination: 'here', error: null }])
  expect(await read(60)).toEqual([])
  await world.restart()
  const at = new Date(world.clock.now().getTime() - 60 * 60_000).toISOString()
  expect(world.backup(id).copies).toMatchObject([
    { readBackAt: at, verified: { level: 'deep', ok: true, by: 'read-back' } },
  ])
  expect(await read(month - 120)).toEqual([])
  expect(await read(120)).toMatchObject([{ backup: id, error: null }])
})

test('damage is found, counts from then on, and is not read again before its time', async () => {
  const id = await world.store('here')
  const path = world.backup(id).copies[0]!.path!
  const bytes = await readFile(path)
  bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000)
  await writeFile(path, bytes)
  expect(await read(month)).toMatchObject([{ backup: id, error: { code: 'corrupt' } }])
  expect(world.backup(id).copies[0]?.verified?.ok).toBe(false)
  expect([await read(24 * 60), world.jobs.list().length]).toEqual([[], 1])
})

test('a destination that is away is asked again hours later, by the next process too, and costs no job', async () => {
  await world.store('usb')
  await world.unplug('usb')
  expect(await read(month)).toMatchObject([{ error: { code: 'unreachable' } }])
  expect([await read(60), world.jobs.list()]).toEqual([[], []])
  await world.plug('usb')
  await world.restart()
  expect(await read(4 * 60)).toEqual([])
  expect(await read(60)).toMatchObject([{ error: null }])
})
