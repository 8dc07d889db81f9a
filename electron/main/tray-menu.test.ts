import { expect, test } from 'vitest'
import type { ScheduleRow } from '../../shared/schedule-contract.ts'
import { nothingKnown, trayState, type Standing } from './standing.ts'
import { trayMenu } from './tray-menu.ts'

const now = new Date(2026, 3, 8, 12)
const source = (state: Standing['sources'][number]['state']) => ({
  ...{ server: 'web1', name: 'alice', onServer: true, state, protected: state === 'protected' },
  ...{ newestAt: null, scheduled: false },
})
const schedule = (paused: { since: string; until: string | null } | null) =>
  ({
    schedule: { name: 'Tenant databases', paused },
    next: new Date(2026, 3, 8, 15).toISOString(),
    attention: [],
  }) as unknown as ScheduleRow
const actions = {
  ...{ open: () => undefined, backUpAll: () => undefined, resume: () => undefined, quit: () => undefined },
  pause: (until: Date | null) => void asked.push(until),
}
const asked: (Date | null)[] = []

test('the tray says how everything stands, what comes next, and offers to pause', () => {
  const standing: Standing = {
    ...nothingKnown,
    sources: [source('protected'), source('stale'), source('never')],
    schedules: [schedule(null)],
  }
  const menu = trayMenu(standing, now, actions)
  const labels = menu.map(({ label }) => label).filter((label) => label !== undefined)
  expect(labels).toEqual([
    '1 of 3 protected',
    '2 need attention',
    'Next: Tenant databases 15:00',
    'Back up all servers now',
    'Pause schedules',
    'Open Holdfast',
    'Settings…',
    'Quit Holdfast',
  ])
  const pause = menu.find(({ label }) => label === 'Pause schedules')?.submenu
  for (const item of Array.isArray(pause) ? pause : []) (item.click as () => void)()
  expect(asked).toEqual([new Date(2026, 3, 8, 13), new Date(2026, 3, 9), null])
})

test('the icon shows the worst that holds', () => {
  const state = (change: Partial<Standing>) => trayState({ ...nothingKnown, ...change }, now)
  const jobs = [{}] as unknown as Standing['jobs']
  expect(state({ sources: [source('blocked')], jobs })).toBe('failed')
  expect(state({ sources: [source('stale')], jobs })).toBe('working')
  expect(state({ sources: [source('stale')] })).toBe('attention')
  expect(state({ schedules: [schedule({ since: now.toISOString(), until: null })] })).toBe('paused')
  expect(state({ sources: [source('protected')] })).toBe('idle')
})
