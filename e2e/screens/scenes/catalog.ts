import type { Backup, BackupCopy } from '../../../shared/model/backup.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { inventedFleet } from '../../fixtures/fleet-facts.ts'
import { inventedId } from '../../fixtures/write-backups.ts'

const GB = 1e9
const MB = 1e6

/** One row: day, time, name's ending, size in GB, places; what is not so with most of them. */
interface Row {
  readonly at: string
  readonly name: string
  readonly size: number
  readonly places?: readonly string[]
  readonly unchecked?: string
  readonly like?: Partial<Backup>
  readonly pinned?: boolean
}

const sunday = ['Backblaze-B2', 'Amazon-S3']
const nightly = { trigger: 'scheduled', schedule: { id: '1', name: 'Nightly accounts' } } as const
const weekly = { trigger: 'scheduled', schedule: { id: '2', name: 'Sunday' } } as const

const rows: readonly Row[] = [
  {
    ...{ at: '2026-04-08T11:20', name: '2026-04-08_2', size: 0.096, pinned: true },
    like: { scope: 'databases', trigger: 'on-demand' },
  },
  { at: '2026-04-08T02:00', name: '2026-04-08', size: 3.4, like: nightly },
  { at: '2026-04-07T02:00', name: '2026-04-07', size: 3.4, like: nightly },
  { at: '2026-04-06T02:00', name: '2026-04-06', size: 3.4, like: nightly, unchecked: 'Backblaze-B2' },
  { at: '2026-04-05T04:00', name: '2026-04-05_2', size: 3.4, like: weekly, places: sunday },
  { at: '2026-04-05T02:00', name: '2026-04-05', size: 3.4, like: nightly },
  { at: '2026-04-04T02:00', name: '2026-04-04', size: 3.3, like: nightly },
  { at: '2026-04-03T02:00', name: '2026-04-03', size: 3.3, like: nightly },
  { at: '2026-04-02T02:00', name: '2026-04-02', size: 3.3, like: nightly },
  {
    ...{ at: '2026-03-29T15:41', name: '2026-03-29_3', size: 3.3, places: ['this-computer'] },
    like: { trigger: 'safety' },
  },
  { at: '2026-03-29T04:00', name: '2026-03-29_2', size: 3.3, like: weekly, places: sunday },
  {
    ...{ at: '2026-03-22T04:00', name: '2026-03-22_2', size: 3.2, places: sunday },
    like: { ...weekly, result: 'partial', warnings: 2 },
  },
  { at: '2026-03-15T04:00', name: '2026-03-15_2', size: 3.2, like: weekly, places: sunday },
  { at: '2026-03-13T16:05', name: '2026-03-13_2', size: 3.2, pinned: true },
  ...['08', '01'].map((day) => ({
    ...{ at: `2026-03-${day}T04:00`, name: `2026-03-${day}_2`, size: 3.2, like: weekly, places: sunday },
  })),
  ...['22', '15', '08', '01'].map((day) => ({
    ...{ at: `2026-02-${day}T04:00`, name: `2026-02-${day}_2`, size: 3.1, like: weekly, places: sunday },
  })),
  ...['25', '18'].map((day) => ({
    ...{ at: `2026-01-${day}T04:00`, name: `2026-01-${day}_2`, size: 3.1, like: weekly, places: sunday },
  })),
]

const part = (kind: Backup['components'][number]['kind'], name: string, items: number, bytes: number) =>
  ({ kind, name, status: 'ok', items, bytes }) as const

const databases = [
  part('mysql', 'alice_wp', 48, 71 * MB),
  part('mysql', 'alice_shop', 31, 22 * MB),
  part('postgresql', 'alice_stats', 12, 3 * MB),
]

function backup({ at, name, size, places = ['this-computer', 'Backblaze-B2'], ...row }: Row): Backup {
  const startedAt = `${at}:00.000Z`
  const minute = (minutes: number) => new Date(Date.parse(startedAt) + minutes * 60_000).toISOString()
  const file = `alice_${name}.tar.gz`
  const copies = places.map((destination): BackupCopy => {
    const here = destination === 'this-computer'
    return {
      ...{ destination, key: file, name: file, size: Math.round(size * GB), encrypted: false },
      verified:
        row.unchecked === destination
          ? null
          : { by: 'read-back', level: 'read', at: minute(here ? 14 : 31), ok: true },
      ...{ pinned: row.pinned ?? false, pinnedUntil: null, announcedAt: null, sizeAccepted: false },
      readBackAt: null,
      path: here ? `/home/mara/Holdfast/harbor-1/accounts/alice/${file}` : null,
    }
  })
  return {
    ...{ id: idOf(name), name: file, server: 'harbor-1', serverId: inventedFleet[0]?.id ?? '' },
    ...{ source: 'alice', kind: 'account', scope: 'full', startedAt, finishedAt: minute(9) },
    ...{ trigger: 'on-demand', only: [], schedule: null, result: 'succeeded', warnings: 0 },
    components:
      row.like?.scope === 'databases'
        ? databases
        : [
            ...[part('files', 'files', 38_418, 2.3 * GB), ...databases],
            ...[part('mail', 'mail', 9881, 1 * GB), part('cron', 'cron', 3, 1000)],
          ],
    ...{ copies, missing: [] },
    ...row.like,
  }
}

/** The id of alice's backup of that name's ending, like `2026-04-08`. */
export const idOf = (name: string): string => inventedId(`scene/${name}`, new Date(name.slice(0, 10)))

/** Alice's 22 backups, newest first. */
export const aliceBackups: readonly Backup[] = rows.map(backup)

export const catalogAnswers: Answers = {
  'backups.list': async ({ source }, real) =>
    source === 'alice' ? { backups: [...aliceBackups], unfinished: [], unreadable: [] } : real(),
}
