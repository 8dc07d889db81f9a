import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import type { Destination } from '../destinations/destination.ts'
import { listed } from '../destinations/conformance.ts'
import { openMemoryDestination } from '../destinations/memory.ts'
import { claimName } from './claim-name.ts'
import { MissingCopies } from './missing-copies.ts'

const { signal } = new AbortController()
const clock = { now: () => new Date('2026-04-08T02:00:00Z') }
const folder = 'lab-0a1b2c3d/accounts/alice'
const run = { source: 'alice', date: '2026-04-08', signal }

function memory(name: string): Destination {
  return openMemoryDestination({ name, clock })
}

/** One that goes away after so many claims. */
function failing(name: string, after: number): Destination {
  const destination = memory(name)
  const claim = destination.claim.bind(destination)
  let claims = 0
  destination.claim = (...args) =>
    claims++ < after ? claim(...args) : Promise.reject(new AppError('unreachable', `${name} is not there.`))
  return destination
}

function noted() {
  const notes: string[] = []
  const missing = new MissingCopies({ signal, note: (level, text) => notes.push(`${level}: ${text}`) })
  return { missing, notes }
}

async function claim(...destinations: Destination[]) {
  const { missing, notes } = noted()
  const places = destinations.map((destination) => ({ destination, folder, sealed: false }))
  const { stem, claims } = await claimName(places, { ...run, missing, onTry: () => Promise.resolve() })
  return { stem, at: claims.map(({ place }) => place.destination.name), missing: missing.list, notes }
}

test('a name is free where it is free at every destination, and is given back elsewhere', async () => {
  const [one, two] = [memory('one'), memory('two')]
  await two.put(`${folder}/alice_2026-04-08.state.json`, Buffer.from('{}'), { signal })
  expect(await claim(one, two)).toMatchObject({ stem: 'alice_2026-04-08_2', at: ['one', 'two'], missing: [] })
  expect(await listed(one)).toEqual([`${folder}/alice_2026-04-08_2.partial`])
})

test('a destination that goes away while names are claimed is missing, and the others go on', async () => {
  const [full, one, two] = [memory('full'), failing('one', 1), memory('two')]
  await full.put(`${folder}/alice_2026-04-08.tar.gz`, Buffer.from('x'), { signal })
  await full.put(`${folder}/alice_2026-04-08_2.tar.gz`, Buffer.from('x'), { signal })
  expect(await claim(full, one, two)).toEqual({
    stem: 'alice_2026-04-08_3',
    at: ['full', 'two'],
    missing: [{ destination: 'one', code: 'unreachable', message: 'one is not there.' }],
    notes: ['warning: No copy at one: one is not there.'],
  })
})

test('where none can be reached the first reason is told, once', async () => {
  const { missing, notes } = noted()
  const places = [failing('one', 0), failing('two', 0)].map((destination) => ({
    destination,
    folder,
    sealed: false,
  }))
  const claimed = claimName(places, { ...run, missing, onTry: () => Promise.resolve() })
  await expect(claimed).rejects.toMatchObject({ code: 'unreachable', message: 'one is not there.' })
  expect(notes).toEqual([])
})

test('what is no error of a destination ends the run and keeps no name', async () => {
  const [one, broken] = [memory('one'), memory('broken')]
  broken.claim = () => Promise.reject(new TypeError('a bug'))
  await expect(claim(one, broken)).rejects.toThrow(TypeError)
  expect(await listed(one)).toEqual([])
})
