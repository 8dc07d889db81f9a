import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Backup } from '../../../shared/model/backup.ts'
import type { ScheduleRun, SourceRun } from '../../../shared/model/schedule-run.ts'
import { EventBus } from '../event-bus.ts'
import { noteLateCopies } from './late-copies.ts'
import { RunHistory } from './run-history.ts'

const log = { write: () => undefined }
const at = '2026-04-08T02:00:00.000Z'
const error = { code: 'unreachable', message: 'x' } as const
const source = (name: string, change: Partial<SourceRun>): SourceRun => ({
  ...{ server: 'web', serverId: 's1', source: name, job: null, backupId: name },
  ...{ state: 'succeeded', error: null },
  ...change,
})
const lacking = { state: 'partial', error } as const
const whole = (id: string, result: Backup['result'] = 'succeeded') => ({ id, result }) as Backup

let history: RunHistory
beforeEach(async () => {
  history = await RunHistory.open(await mkdtemp(join(tmpdir(), 'hf-runs-')), { log, events: new EventBus() })
})

async function given(sources: SourceRun[], change: Partial<ScheduleRun> = {}) {
  const run: ScheduleRun = {
    ...{
      id: uuid(),
      scheduleId: 'n',
      schedule: 'nightly',
      manual: false,
      firstDueAt: at,
      dueAt: at,
      count: 1,
    },
    ...{ late: false, state: 'partial', notBefore: at, startedAt: at, finishedAt: at, attempts: 1, sources },
    ...{ vanished: [], error, madeGoodAt: null },
    ...change,
  }
  await history.change((state) => ({ ...state, runs: [run] }))
}

describe('copies that a run left to be made later', () => {
  test('make it a run that is done, once all are there', async () => {
    await given([source('amy', lacking), source('ben', lacking), source('eve', {})])
    await noteLateCopies(history, whole('amy'))
    expect(history.read().runs).toMatchObject([
      { state: 'partial', error, sources: [{ state: 'succeeded' }, lacking, {}] },
    ])
    await noteLateCopies(history, whole('ben'))
    expect(history.read().runs).toMatchObject([{ state: 'done', error: null, finishedAt: at }])
  })

  test('make nothing good of a source that failed, or of a backup that lacks more than copies', async () => {
    await given([source('amy', lacking), source('ben', { state: 'failed', error })])
    await noteLateCopies(history, whole('amy', 'partial'))
    await noteLateCopies(history, whole('other'))
    expect(history.read().runs[0]?.sources[0]).toMatchObject(lacking)
    await noteLateCopies(history, whole('amy'))
    expect(history.read().runs).toMatchObject([
      { state: 'partial', error, sources: [{ state: 'succeeded' }, { state: 'failed' }] },
    ])
  })

  test('leave a run that is not over to its end', async () => {
    await given([source('amy', lacking)], { state: 'running', finishedAt: null })
    await noteLateCopies(history, whole('amy'))
    expect(history.read().runs).toMatchObject([{ state: 'running', sources: [{ state: 'succeeded' }] }])
  })
})
