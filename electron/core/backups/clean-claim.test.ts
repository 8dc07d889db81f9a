import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DestinationProfiles } from '../destinations/profiles.ts'
import { localAccess } from '../destinations/testing/local-access.ts'
import { EventBus } from '../event-bus.ts'
import { cleanClaim } from './clean-claim.ts'

let folder: string
let destinations: DestinationProfiles
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-claim-'))
  destinations = await DestinationProfiles.open(folder, {
    log: { write: () => undefined },
    events: new EventBus(),
    access: localAccess,
  })
  const path = join(folder, 'backups')
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  const profile = {
    kind: 'local',
    encrypted: false,
    id,
    name: 'here',
    path,
    addedAt: '2026-04-08T01:30:00.000Z',
  } as const
  await localAccess.prepare(profile, { signal: new AbortController().signal })
  await destinations.add(profile)
  await mkdir(join(path, 'web/alice'), { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

/** What is left of these files after the cleaning. */
async function left(files: Readonly<Record<string, string>>, tried: boolean): Promise<readonly string[]> {
  const place = join(folder, 'backups/web/alice')
  for (const [name, content] of Object.entries(files)) await writeFile(join(place, name), content)
  expect(await cleanClaim({ destination: 'here', key: 'web/alice/a_2', tried }, destinations)).toBe(true)
  return (await readdir(place)).sort()
}

test('what a run that is gone had begun is removed, and nothing of another', async () => {
  const files = {
    'a_2.partial': 'x',
    'a_2.tar.gz': 'x',
    'a_2.index.gz': 'x',
    'a_20.tar.gz': 'x',
    'a.partial': '',
  }
  expect(await left(files, false)).toEqual(['a.partial', 'a_20.tar.gz'])
})

test('a backup that was finished stays', async () => {
  const files = { 'a_2.tar.gz': 'x', 'a_2.index.gz': 'x', 'a_2.manifest.json': 'x' }
  expect(await left(files, false)).toEqual(Object.keys(files).sort())
})

test('of a name that was only tried, no more than an empty claim is removed', async () => {
  expect(await left({ 'a_2.partial': '' }, true)).toEqual([])
  const theirs = { 'a_2.partial': 'x', 'a_2.tar.gz': 'x' }
  expect(await left(theirs, true)).toEqual(Object.keys(theirs).sort())
})
