import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasCode } from '../../../shared/errors.ts'
import { accountEntries, buildFixture } from '../archive/fixture.ts'
import { DestinationProfiles } from '../destinations/profiles.ts'
import { localAccess } from '../destinations/testing/local-access.ts'
import { EventBus } from '../event-bus.ts'
import { noKeys } from '../encryption/no-keys.ts'
import type { Ports } from '../ports.ts'
import { Catalog } from './catalog.ts'
import { deleteBackup } from './delete.ts'
import { pinBackup } from './pin.ts'
import { emptyState, keysOf, readState } from './stored-backup.ts'

test('a pin with an end keeps a backup until then, lies beside it, and is in nobody’s way afterwards', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-pin-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  const events = new EventBus()
  const destinations = await DestinationProfiles.open(folder, {
    log: { write: () => undefined },
    events,
    access: localAccess,
  })
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  const path = join(folder, 'backups')
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
  await using destination = await localAccess.open(profile, { signal: new AbortController().signal })
  const { signal } = new AbortController()
  const { archive, outer } = buildFixture(accountEntries)
  const stem = 'lab/accounts/alice/alice_2026-04-08'
  const keys = keysOf(stem)
  await destination.put(keys.archive, archive, { signal })
  await destination.put(keys.manifest, Buffer.from(JSON.stringify(outer)), { signal })
  const catalog = new Catalog({ events, serverName: () => 'lab', keys: noKeys, queued: () => [] })
  catalog.add(destination, stem, { manifest: outer, state: emptyState })

  const [backup] = catalog.list()
  await pinBackup({ catalog, destinations }, backup!, {
    pinned: true,
    until: '2026-04-29T00:00:00.000Z',
    signal,
  })
  expect(await readState(destination, stem, { signal })).toMatchObject({
    pinnedUntil: '2026-04-29T00:00:00.000Z',
  })
  const deleteAt = async (now: string) => {
    const clock = { now: () => new Date(now) } as Ports['clock']
    return deleteBackup({ catalog, destinations, ports: { clock } }, catalog.list()[0]!, { signal })
  }
  const refused = await deleteAt('2026-04-28T23:59:59.000Z').catch((error: unknown) => error)
  expect(hasCode(refused, 'conflict')).toBe(true)
  expect(await deleteAt('2026-04-29T00:00:00.000Z')).toBe(1)
})
