import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../../shared/client.ts'
import { createApp } from '../app.ts'
import type { Destination } from '../destinations/destination.ts'
import { prepareLocalPlace } from '../destinations/local-place.ts'
import { openLocalDestination } from '../destinations/local.ts'
import { dispatch } from '../dispatch.ts'
import { createHandlers } from '../handlers.ts'
import { keepLast, scheduleOf, TestPlace } from '../prune/test-place.ts'
import { openMemorySecrets } from '../secrets/memory.ts'
import { systemClock } from '../store/testing/system-clock.ts'

const log = { write: () => undefined }
const { signal } = new AbortController()

/** The same backups, in a folder. */
class FolderPlace extends TestPlace {
  readonly #folder: Destination
  constructor(folder: Destination) {
    super()
    this.#folder = folder
  }
  override open(): Destination {
    return this.#folder
  }
}

test('retention is previewed by its own rules, or by others that are only given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-preview-'))
  try {
    const path = join(folder, 'there')
    await prepareLocalPlace(path)
    const place = new FolderPlace(await openLocalDestination({ name: 'there', path }))
    for (const daysAgo of [2, 1, 0]) await place.store(daysAgo)
    await using app = await createApp({
      ...{ clock: { ...systemClock, now: () => place.now }, log, app: 'holdfast 0.1.0', machine: null },
      ...{ dataFolder: join(folder, 'data'), backupFolder: join(folder, 'backups') },
      ...{ keychain: openMemorySecrets(), passphraseFile: null },
    })
    const client = createClient({
      call: (method, input) =>
        dispatch(createHandlers(app), { method, input }, { caller: 'browser', signal, log }),
      onEvent: () => () => undefined,
      closed: signal,
    })
    await client.call('destinations.add', { kind: 'local', name: 'there', path })
    const serverId = '0196125e-0c60-7000-8000-000000000001'
    const sources = [{ pick: 'accounts', serverId }] as const
    await app.schedules.add({ ...scheduleOf(keepLast(1)), sources: [...sources], retention: null })
    const backupsIn = async (retention?: ReturnType<typeof keepLast>) => {
      const given = retention === undefined ? {} : { retention }
      const { plans } = await client.call('schedules.planPrune', { name: 'nightly', ...given })
      return plans.map(({ series }) => series.flatMap(({ steps }) => steps).length)
    }
    expect(await backupsIn()).toEqual([0])
    expect(await backupsIn(keepLast(1))).toEqual([3])
    expect(app.schedules.get('nightly').retention).toBeNull()
  } finally {
    await rm(folder, { recursive: true })
  }
})
