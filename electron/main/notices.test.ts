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
const request = (trigger: 'scheduled' | 'on-demand', only: string[] = []): Job['request'] => ({
  ...{ server: 'fjord', source: 'alice', scope: 'files', destinations: ['usb'], only, exclude: [] },
  ...{ credentials: false, trigger },
})
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
      actions: [{ text: 'Show', act: { does: 'show', route: '#/servers/fjord/host-key' } }],
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

describe('buttons', () => {
  const texts = (notice: Notice | null) => notice?.actions.map(({ text }) => text)
  const asked = (change: Partial<Job>) =>
    jobNotice(job({ request: request('on-demand'), ...change }), { success: true })

  test('of a backup that failed try the same again, but not for a part of a source', () => {
    expect(asked({})?.actions).toEqual([
      { text: 'See what to fix', act: { does: 'show', route: '#/jobs/j1' } },
      {
        text: 'Try again',
        act: {
          does: 'back-up',
          request: {
            ...{ sources: [{ server: 'fjord', source: 'alice' }], scope: 'files', destinations: ['usb'] },
            ...{ exclude: [], credentials: false },
          },
        },
      },
    ])
    expect(texts(asked({ request: request('on-demand', ['files/www']) }))).toEqual(['See what to fix'])
    expect(texts(asked({ kind: 'verify', request: null }))).toEqual(['See what to fix'])
  })
  test('of a restore lead to its report, and to its undo', () => {
    const restored = asked({ kind: 'restore', state: 'succeeded', warnings: 2, request: null })
    expect(restored?.actions).toEqual([
      { text: 'Show report', act: { does: 'show', route: '#/restores/j1' } },
      { text: 'Undo…', act: { does: 'show', route: '#/restores/j1/undo' } },
    ])
  })
  test('of a run run the schedule again, unlock the keychain, or show where there is room', () => {
    const of = (change: Partial<ScheduleRun>) => runNotice(run(change), { success: false })
    expect(of({ state: 'failed' })?.actions).toEqual([
      { text: 'See what to fix', act: { does: 'show', route: '#/schedules/Nightly' } },
      { text: 'Try again', act: { does: 'run-schedule', schedule: 'Nightly' } },
    ])
    expect(texts(of({ state: 'partial' }))).toEqual(['Show report'])
    expect(of({ state: 'missed' })?.actions).toEqual([
      { text: 'Run now', act: { does: 'run-schedule', schedule: 'Nightly' } },
    ])
    const error = (code: 'secrets-locked' | 'no-space') => ({ code, message: 'x' })
    expect(texts(of({ state: 'failed', error: error('secrets-locked') }))).toEqual(['Unlock'])
    expect(of({ state: 'failed', error: error('no-space') })?.actions).toEqual([
      { text: 'Show', act: { does: 'show', route: '#/destinations' } },
    ])
  })
})

test('a source whose backups become too old is told once, with the way to a schedule where it has none', () => {
  const shown: Notice[] = []
  const notifier = new Notifier({
    ...{ preferences: () => ({ quietHours: null, notifySuccess: false }) as DesktopPreferences },
    ...{ now: () => new Date('2026-04-08T09:00:00Z'), zone: 'UTC', show: (each: Notice) => shown.push(each) },
  })
  const source = (name: string, state: 'stale' | 'protected', scheduled = false) => ({
    ...{ server: 'harbor-1', name, onServer: true, state, protected: state === 'protected' },
    ...{ newestAt: '2026-03-30T02:00:00.000Z', scheduled },
  })
  notifier.takeSources([source('old', 'stale'), source('elmstudio', 'protected')])
  const later = [source('old', 'stale'), source('elmstudio', 'stale'), source('alice', 'stale', true)]
  notifier.takeSources(later)
  notifier.takeSources(later)
  expect(shown.map(({ title, body }) => `${title}. ${body}`)).toEqual([
    'elmstudio has had no backup for 9 days. It isn’t in any schedule.',
    'alice has had no backup for 9 days. Its schedule should have made one.',
  ])
  expect(shown[0]?.actions).toEqual([
    { text: 'Add to schedule', act: { does: 'show', route: '#/new-schedule/harbor-1/elmstudio' } },
  ])
  notifier.takeSources([])
  notifier.takeSources([source('elmstudio', 'stale')])
  expect(shown).toHaveLength(3)
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

test('what was missed and runs now is told once, with a way to put it off, and its end besides', () => {
  const shown: Notice[] = []
  const notifier = new Notifier({
    ...{ preferences: () => ({ quietHours: null, notifySuccess: false }) as DesktopPreferences },
    ...{ now: () => new Date('2026-04-08T09:00:00Z'), zone: 'UTC', show: (each: Notice) => shown.push(each) },
  })
  const caughtUp = (change: Partial<ScheduleRun>) =>
    run({
      ...{ count: 2, late: true, manual: false, attempts: 0, finishedAt: null },
      ...{ firstDueAt: '2026-04-07T02:00:00Z', startedAt: '2026-04-08T08:59:00Z', ...change },
    })
  notifier.takeRuns([caughtUp({ state: 'waiting' })])
  notifier.takeRuns([caughtUp({ state: 'running' })])
  notifier.takeRuns([caughtUp({ state: 'running' })])
  expect(shown).toEqual([
    {
      title: '2 backups of Nightly were missed',
      body: 'The computer slept or was off. It runs now.',
      ...{ route: '#/schedules/Nightly', alarm: false },
      actions: [{ text: 'Wait until later', act: { does: 'put-off', schedule: 'Nightly' } }],
    },
  ])
  notifier.takeRuns([caughtUp({ state: 'failed', finishedAt: '2026-04-08T09:00:00Z' })])
  expect(shown[1]?.title).toBe('Nightly failed')
  const cutOff = { startedAt: '2026-04-07T02:00:10Z' }
  for (const other of [{ manual: true }, { late: false }, { attempts: 1 }, cutOff])
    expect(runNotice(caughtUp({ state: 'running', ...other }), { success: true })).toBeNull()
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
  const old = run({ id: 'old', state: 'failed', finishedAt: '2026-04-07T02:00:00Z' })
  notifier.takeRuns([old])
  notifier.takeRuns([old, run({ id: 'new', state: 'failed' })])
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
