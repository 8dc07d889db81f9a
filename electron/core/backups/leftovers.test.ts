import { expect, test } from 'vitest'
import type { Destination, StoredObject } from '../destinations/destination.ts'
import { openMemoryDestination, type MemoryPlace } from '../destinations/memory.ts'
import { removeLeftovers } from './leftovers.ts'

const { signal } = new AbortController()
const day = 24 * 60 * 60 * 1000
const now = new Date('2026-04-20T02:00:00Z')
const clock = { now: () => now }
const folder = 'lab-0a1b2c3d/accounts/alice'
const at = (name: string) => `${folder}/alice_${name}`

/** A destination with these objects, by their age in days. */
function placeWith(ages: Readonly<Record<string, number>>, body = '{}') {
  const place: MemoryPlace = new Map(
    Object.entries(ages).map(([key, days]) => [
      key,
      { bytes: Buffer.from(body), modified: new Date(now.getTime() - days * day) },
    ]),
  )
  const logged: unknown[] = []
  const log = { write: (level: string, _text: string, facts?: object) => logged.push({ level, ...facts }) }
  return { place, logged, log, destination: openMemoryDestination({ name: 'there', clock, place }) }
}

async function clean({ destination, log }: ReturnType<typeof placeWith>, seen?: Destination) {
  const objects: StoredObject[] = []
  for await (const object of (seen ?? destination).list('', { signal })) objects.push(object)
  return removeLeftovers(destination, objects, { clock, log, signal })
}

test.each([
  'partial',
  'claim',
  'claim-0a1b2c3d',
  'index.gz.claim',
  'index.gz',
  'index.gz.partial',
  'index.gz.age',
  'manifest.json.0a1b2c3d.partial',
])('a .%s that nothing was written to for over seven days goes, and is logged', async (ending) => {
  const under = placeWith({ [at(`2026-04-08.${ending}`)]: 7.01 })
  expect(await clean(under)).toEqual([at(`2026-04-08.${ending}`)])
  expect([...under.place.keys()]).toEqual([])
  expect(under.logged).toMatchObject([
    { level: 'info', destination: 'there', key: at(`2026-04-08.${ending}`) },
  ])
})

test('nothing younger goes, nor what lies beside something younger, nor what comes from the future', async () => {
  const ages = {
    [at('2026-04-08.partial')]: 6.99,
    [at('2026-04-09.partial')]: 30,
    [at('2026-04-09.index.gz.partial')]: 1,
    [at('2026-04-10.partial')]: -400,
  }
  const under = placeWith(ages)
  expect(await clean(under)).toEqual([])
  expect([...under.place.keys()]).toEqual(Object.keys(ages))
})

test('nothing that has a manifest goes, however old, readable or not', async () => {
  const ends = ['tar.gz', 'index.gz', 'manifest.json', 'state.json', 'partial', 'state.json.0a1b2c3d.partial']
  const under = placeWith(Object.fromEntries(ends.map((end) => [at(`2025-01-01.${end}`), 400])), 'damaged')
  expect(await clean(under)).toEqual([])
  expect(under.place.size).toBe(ends.length)
})

test.each([
  'alice_2026-04-08.partial',
  `${folder}/notes.partial`,
  `${folder}/alice_2026-04-08.zip`,
  `${folder}/alice_2026-04-08.tar.gz.bak`,
  `${folder}/bob_2026-04-08.partial`,
  `${folder}/alice_2026-4-8.partial`,
  `${folder}/old/alice_2026-04-08.partial`,
  'mine/accounts/alice/alice_2026-04-08.partial',
  'lab-0a1b2c3d/other/alice/alice_2026-04-08.partial',
  'lab-0a1b2c3d/server.json',
])('%s is none of ours and stays', async (key) => {
  const under = placeWith({ [key]: 4000, [at('2026-04-19.manifest.json')]: 1 })
  expect(await clean(under)).toEqual([])
  expect(under.place.has(key)).toBe(true)
})

test('an archive that lost its manifest stays until there is a newer backup of its source', async () => {
  const alone = { [at('2026-04-08.tar.gz')]: 12, [at('2026-04-08.index.gz')]: 12 }
  expect(await clean(placeWith(alone))).toEqual([])
  expect(await clean(placeWith({ ...alone, [at('2026-04-07_12.manifest.json')]: 13 }))).toEqual([])
  const others = 'lab-0a1b2c3d/accounts/bob/bob_2026-04-09.manifest.json'
  expect(await clean(placeWith({ ...alone, [others]: 1 }))).toEqual([])
  expect(await clean(placeWith({ ...alone, [at('2026-04-08_2.manifest.json')]: 11 }))).toEqual(
    Object.keys(alone).sort(),
  )
})

test.each([
  ['its state says that it was a backup', '{"format":1,"pinned":true,"checks":[],"tombstone":null}', 0],
  ['its state cannot be read', 'damaged', 0],
  [
    'it was being deleted',
    '{"format":1,"pinned":false,"checks":[],"tombstone":{"at":"2026-04-09T00:00:00Z"}}',
    1,
  ],
])('an archive without a manifest, where %s', async (_what, state, count) => {
  const ages = { [at('2026-04-08.tar.gz')]: 12, [at('2026-04-08.state.json')]: 11 }
  const under = placeWith({ ...ages, [at('2026-04-09.manifest.json')]: 11 }, state)
  expect(await clean(under)).toHaveLength(count)
  expect(under.place.has(at('2026-04-08.state.json'))).toBe(true)
})

test.each([
  ['was written to', at('2026-04-08.partial')],
  ['got its manifest', at('2026-04-08.manifest.json')],
])('what %s since the listing stays', async (_what, key) => {
  const under = placeWith({ [at('2026-04-08.partial')]: 30 })
  const before = placeWith({ [at('2026-04-08.partial')]: 30 }).destination
  under.place.set(key, { bytes: Buffer.from('{}'), modified: now })
  expect(await clean(under, before)).toEqual([])
  expect(under.place.has(at('2026-04-08.partial'))).toBe(true)
})
