import type { ScheduleRow } from '../../../shared/schedule-contract.ts'
import type { Retention, Schedule, ScheduleSource } from '../../../shared/model/schedule.ts'
import type { ScheduleRun, SourceRun } from '../../../shared/model/schedule-run.ts'
import { nextRuns } from '../../../shared/next-run.ts'
import { describeRetention } from '../../../shared/retention-text.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { inventedFleet } from '../../fixtures/fleet-facts.ts'
import { inventedId } from '../../fixtures/write-backups.ts'
import { pictured } from './jobs.ts'

const createdAt = '2025-05-12T09:00:00.000Z'
const last = (count: number): Retention => ({
  ...{ last: count, daily: null, weekly: null, monthly: null, yearly: null, withinDays: null },
})

const idOf = (server: string) => inventedFleet.find(({ name }) => name === server)?.id ?? ''
const each = (server: string, ...sources: readonly string[]): ScheduleSource[] =>
  sources.map((source) => ({ pick: 'source', serverId: idOf(server), source }))
const nightly = each('harbor-1', 'alice', 'bergdorp', 'cedarlaw', 'ferrybooks', 'gullcafe', 'hollis')

function schedule(
  name: string,
  sources: ScheduleSource[],
  times: Schedule['times'],
  more: Partial<Schedule> = {},
): Schedule {
  return {
    ...{ id: inventedId(`schedule/${name}`, new Date(createdAt)), name, createdAt, paused: null },
    ...{ sources, times, zone: 'UTC', scope: 'full', exclude: [], credentials: true },
    ...{ destinations: ['this-computer', 'Backblaze-B2'], jitterMinutes: 0, perServer: 1, window: null },
    ...{ retention: last(7), missed: { then: 'run' }, pingUrl: null },
    ...more,
  }
}

const daily = (at: string) => ({ every: 'day', at }) as const
const sunday = (at: string) => ({ every: 'week', on: 'sun', at }) as const
const off = { destinations: ['Backblaze-B2', 'Amazon-S3'], retention: last(12) }

const schedules: readonly Schedule[] = [
  schedule('Nightly-accounts', nightly, daily('02:00')),
  schedule('Sunday-archive', nightly, sunday('04:00'), off),
  schedule('Film-archive', each('harbor-1', 'dunefilm'), sunday('04:00'), {
    ...{ destinations: ['Amazon-S3'], retention: last(4) },
  }),
  schedule('System-files', each('harbor-1', 'System files'), daily('03:30'), { retention: last(14) }),
  schedule('Sites', each('fjord', 'museum-noord', 'kunsthal'), daily('03:00')),
  schedule(
    'Tenant-databases',
    each('quay', 'acme', 'brightside', 'corvus'),
    { every: 'cron', expression: '0 */2 * * *' },
    { retention: { ...last(24), daily: 14 } },
  ),
  schedule('Old-vps', [{ pick: 'accounts', serverId: idOf('quay') }], daily('05:00'), {
    paused: { since: '2026-03-02T09:00:00.000Z', until: null },
  }),
]

const refused = {
  code: 'remote-failed',
  message: 'MariaDB refused access to ferrybooks_shop.',
} as const
const stateOf = (source: string, failed: string | null): SourceRun => ({
  ...{ server: 'harbor-1', serverId: idOf('harbor-1'), source, job: null, backupId: null },
  ...(source === failed ? { state: 'failed', error: refused } : { state: 'succeeded', error: null }),
})

/** A night's run of all accounts; `failed`: the one that did not go well. */
function run(
  day: string,
  { failed = null, late = false }: { failed?: string | null; late?: boolean } = {},
): ScheduleRun {
  const at = (time: string) => `2026-04-${day}T${time}:00.000Z`
  const dueAt = at('02:00')
  return {
    ...{ id: inventedId(`run/${day}`, new Date(dueAt)), schedule: 'Nightly-accounts', manual: false },
    ...{ scheduleId: schedules[0]?.id ?? '', firstDueAt: dueAt, dueAt, count: 1, late, notBefore: dueAt },
    ...{ state: failed === null ? 'done' : 'partial', attempts: 1, vanished: [] },
    ...{ startedAt: late ? at('07:12') : dueAt, finishedAt: late ? at('07:43') : at('02:31') },
    sources: nightly.flatMap((each) => (each.pick === 'source' ? [stateOf(each.source, failed)] : [])),
    ...{ error: null, madeGoodAt: null },
  }
}
const runs = [run('08', { failed: 'ferrybooks' }), run('07'), run('06', { late: true }), run('05'), run('04')]

function rowOf(of: Schedule): ScheduleRow {
  const [next] = nextRuns(of, pictured, 1)
  return {
    schedule: of,
    next: of.paused === null && next !== undefined ? next.toISOString() : null,
    retention: describeRetention(of.retention),
    ...{ open: null, attention: of.name === 'Nightly-accounts' ? runs.slice(0, 1) : [] },
  }
}

/** What runs by itself in the invented fleet. */
export const scheduleAnswers: Answers = {
  'schedules.list': () => ({ schedules: schedules.map(rowOf) }),
  'schedules.show': ({ name }) => {
    const found = schedules.find((each) => each.name === name) ?? schedules[0]
    if (found === undefined) throw new Error(`There is no ${name}.`)
    return { ...rowOf(found), runs: found.name === 'Nightly-accounts' ? runs : [] }
  },
}
