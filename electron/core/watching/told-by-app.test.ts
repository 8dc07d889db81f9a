import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { createApp } from '../app.ts'
import { SimulatedClock } from '../scheduler/testing/simulated-clock.ts'
import { dailySchedule } from '../scheduler/testing/test-scheduler.ts'
import { openMemorySecrets } from '../secrets/memory.ts'
import { startHookServer } from './testing/hook-server.ts'

test('a run of a schedule that fails is told, and so is one that was missed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'told-'))
  const clock = new SimulatedClock('2026-04-08T01:00:00Z')
  await using hook = await startHookServer()
  {
    await using app = await createApp({
      ...{
        clock,
        log: { write: () => undefined },
        dataFolder: folder,
        backupFolder: join(folder, 'backups'),
      },
      ...{ app: 'holdfast test', machine: null, keychain: openMemorySecrets(), passphraseFile: null },
    })
    await app.watching.channels.add({
      ...{ kind: 'webhook', id: uuid(), name: 'chat', addedAt: clock.now().toISOString() },
      ...{ url: hook.url, signed: false, header: null, kinds: ['failed', 'overdue'] },
    })
    const failing = dailySchedule(clock, { name: 'nightly' })
    const waiting = dailySchedule(clock, { name: 'waits', missed: { then: 'wait' } })
    for (const schedule of [failing, waiting]) await app.schedules.add(schedule)
    clock.set(new Date('2026-04-08T09:00:00Z'))
    await app.scheduler.look()
    await app.scheduler.idle()
    await app.watching.alerts.look()
  }
  const said = hook.hooks.map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title)
  expect(said).toEqual(['nightly failed', '1 run of waits was missed'])
  await rm(folder, { recursive: true })
})
