import { describe, expect, test } from 'vitest'
import type { DesktopPreferences } from '../../shared/desktop.ts'
import type { Job } from '../../shared/model/job.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'
import { jobNotice, runNotice, type Notice } from './notices.ts'
import { Notifier } from './notifier.ts'

const job = (change: Partial<Job>) =>
  ({
    id: 'j1',
    kind: 'backup',
    title: 'web1/alice',
    state: 'failed',
    request: null,
    warnings: 0,
    error: null,
    ...change,
  }) as Job
const request = (trigger: 'scheduled' | 'on-demand') =>
  ({ server: 'fjord', source: 'alice', trigger }) as unknown as Job['request']
const run = (change: Partial<ScheduleRun>) =>
  ({
    id: 'r1',
    schedule: 'Nightly',
    state: 'done',
    sources: [],
    count: 1,
    error: null,
    ...change,
  }) as unknown as ScheduleRun
const changed = { code: 'host-key-changed', message: 'x' } as const

describe('a job', () => {
  test('of a schedule is told by its run, but for an alarm', () => {
    expect(jobNotice(job({ request: request('scheduled') }), { success: true })).toBeNull()
    expect(jobNotice(job({ request: request('scheduled'), error: changed }), { success: false })).toEqual({
      title: 'fjord shows a different host key',
      body: 'Holdfast hung up before signing in. Nothing was sent.',
      route: '#/servers/fjord/host-key',
      alarm: true,
    })
  })
  test('that went well is silent unless it was chosen, or has warnings', () => {
    const good = job({ state: 'succeeded' })
    expect(jobNotice(good, { success: false })).toBeNull()
    expect(jobNotice(good, { success: true })?.title).toBe('web1/alice: finished')
    expect(jobNotice(job({ state: 'succeeded', warnings: 2 }), { success: false })?.body).toBe(
      'With 2 warnings.',
    )
    expect(jobNotice(job({ state: 'cancelled' }), { success: true })).toBeNull()
  })
})

test('a run is one notification, whatever it held', () => {
  const sources = [{ state: 'succeeded' }, { state: 'failed' }] as unknown as ScheduleRun['sources']
  const say = (change: Partial<ScheduleRun>) => runNotice(run(change), { success: false })
  expect(say({ state: 'partial', sources })).toMatchObject({
    title: 'Nightly finished with gaps',
    body: '1 of 2 sources backed up.',
  })
  expect(say({ state: 'missed', count: 2 })?.title).toBe('2 backups of Nightly were missed')
  expect(say({ state: 'failed', error: { code: 'secrets-locked', message: '' } })?.title).toBe(
    'Unlock your keychain',
  )
  expect([say({}), say({ state: 'skipped' }), say({ state: 'running' })]).toEqual([null, null, null])
})

test('quiet hours hold all but alarms, and let go of it afterwards, once', () => {
  const shown: string[] = []
  let now = new Date('2026-04-08T23:00:00Z')
  const preferences = {
    quietHours: { from: '22:00', to: '07:00' },
    notifySuccess: false,
  } as DesktopPreferences
  const notifier = new Notifier({
    ...{ preferences: () => preferences, now: () => now, zone: 'UTC' },
    show: ({ title }: Notice) => shown.push(title),
  })
  const take = (change: Partial<Job>) =>
    notifier.take({
      seq: 1,
      type: 'job.changed',
      job: job({ finishedAt: '2026-04-08T23:00:00Z', ...change }),
    })
  notifier.takeRuns([run({ id: 'old', state: 'failed' })])
  notifier.takeRuns([run({ id: 'old', state: 'failed' }), run({ id: 'new', state: 'failed' })])
  take({ id: 'j2' })
  take({ id: 'j2' })
  take({ id: 'j3', request: request('on-demand'), error: changed })
  notifier.release()
  expect(shown).toEqual(['fjord shows a different host key'])
  now = new Date('2026-04-09T07:30:00Z')
  notifier.release()
  notifier.release()
  expect(shown.slice(1)).toEqual(['Nightly failed', 'web1/alice was not backed up'])
})
