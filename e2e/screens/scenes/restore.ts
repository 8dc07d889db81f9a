import type { Job, JobLogLine } from '../../../shared/model/job.ts'
import type { RestoreReport } from '../../../shared/model/restore-report.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { inventedId } from '../../fixtures/write-backups.ts'
import { catalogAnswers, idOf } from './catalog.ts'
import { fleetAnswers, type Dressing } from './fleet.ts'
import { pictured, today } from './jobs.ts'
import { plan } from './restore-plan.ts'

/** harbor-2 beside the others, with the account that the restore goes to. */
const withHarbor2: Dressing = (servers) => {
  const [harbor1] = servers
  const alice = harbor1?.sources.find(({ name }) => name === 'alice')
  if (harbor1 === undefined || alice === undefined) return servers
  const server = { ...harbor1.server, id: inventedId('harbor-2', pictured), name: 'harbor-2' }
  return [...servers, { ...harbor1, server, sources: [{ ...alice, name: 'alicenew' }] }]
}

/** Putting a restore together. */
export const wizardAnswers: Answers = {
  ...fleetAnswers(withHarbor2),
  ...catalogAnswers,
  'restores.plan': () => ({ plan }),
}

export const restoreJob = inventedId('scene/restore', pictured)
const request: RestoreRequest = {
  ...{ from: { kind: 'backup', backup: idOf('2026-04-08'), destination: null }, map: [], items: [] },
  ...{ to: { server: 'harbor-2', account: 'alicenew' }, scope: 'full', keepExtra: false, mail: 'replace' },
  ...{ tableAs: null, create: false, enableCron: false, acceptUnsaved: [], undoes: null },
}

const running: Job = {
  ...{ id: restoreJob, kind: 'restore', state: 'running', title: 'harbor-2/alicenew', request: null },
  ...{ createdAt: today('14:29:21'), startedAt: today('14:29:21'), finishedAt: null },
  progress: {
    ...{ phase: 'Files', bytes: 1.836e9, totalBytes: 3.4e9, items: 27_610, totalItems: 38_418 },
    ...{ approximate: false, rate: 18.6e6, secondsLeft: 180, current: 'public_html/wp-content/uploads' },
  },
  ...{ backupId: null, warnings: 0, missingCopies: [], error: null },
}

const line = (time: string, text: string, level: JobLogLine['level'] = 'info'): JobLogLine => ({
  at: today(time),
  ...{ level, text },
})
const log: readonly JobLogLine[] = [
  line('14:36:02', 'Snapshot verified, SHA-256 5c01…9be2'),
  line('14:36:04', 'Dropped alicenew_wp (12 tables)'),
  line('14:36:41', 'alicenew_wp 184,220 rows, alicenew_shop 41,077, alicenew_stats 9,310'),
  line('14:36:43', 'Writing to /home/alicenew'),
  line('14:37:58', 'public_html/.user.ini is immutable (chattr +i), left as it is', 'warning'),
  line('14:38:30', '27,610 of 38,418 files'),
]

const summary = (phase: 'running' | 'restored') => ({
  ...{ job: restoreJob, startedAt: today('14:29:21'), phase, unfinished: null },
  ...{ from: plan.from.name, to: { server: 'harbor-2', account: 'alicenew' } },
  undo: phase === 'restored' ? { until: '2026-04-29T14:41:00.000Z', undoneBy: null } : null,
})
const states = ['applied', 'applied', 'applied', 'applied', 'applying'] as const
const shown = (ended: boolean) => ({
  ...{ request, plan, safetyBackup: inventedId('scene/safety', pictured) },
  steps: plan.steps.map(
    (step, at) => ({ step, state: ended ? 'committed' : (states[at] ?? 'waiting') }) as const,
  ),
})

/** The restore under way. */
export const runningAnswers: Answers = {
  ...wizardAnswers,
  'jobs.list': () => ({ jobs: [running] }),
  'jobs.show': () => ({ job: running, log: [...log] }),
  'restores.list': () => ({ restores: [summary('running')] }),
  'restores.show': () => shown(false),
}

const rows = (
  component: string,
  unit: string,
  good: number,
  of: number,
  how: string,
  bad: string[] = [],
) => ({
  ...{ component, unit, good, of, how, bad },
})
const ini = 'public_html/.user.ini'
const report: RestoreReport = {
  ...{ format: 1, job: restoreJob, outcome: 'restored-in-part', from: plan.from.name },
  ...{ to: 'harbor-2/alicenew', startedAt: today('14:29:21'), finishedAt: today('14:31') },
  recoverySeconds: null,
  components: [
    rows('files', 'files', 38_417, 38_418, 'Sizes and owners match', [`${ini}: marked immutable`]),
    rows('mysql alicenew_wp', 'tables', 48, 48, '184,220 rows, equal to the backup'),
    rows('mysql alicenew_shop', 'tables', 31, 31, '41,077 rows, equal to the backup'),
    rows('postgresql alicenew_stats', 'tables', 12, 12, '9,310 rows, equal to the backup'),
    rows('mail', 'messages', 9881, 9881, 'Equal to the backup'),
    rows('cron', 'lines', 3, 3, 'Read back, byte for byte'),
  ],
  remarks: [
    {
      text: `${ini} was not replaced.`,
      remedy: 'It is marked immutable on harbor-2. Nothing else depends on it.',
    },
    {
      text: 'shop/config.ini still names alice_shop.',
      remedy: 'The shop can’t reach its database until this says alicenew_shop.',
    },
  ],
  undo: {
    ...{ command: `holdfast undo ${restoreJob} --confirm alicenew`, until: '2026-04-29T14:41:00.000Z' },
    backup: inventedId('scene/safety', pictured),
  },
}
const ended: Job = { ...running, state: 'partial', finishedAt: report.finishedAt, progress: null }

/** The restore when it has ended. */
export const reportAnswers: Answers = {
  ...runningAnswers,
  'jobs.list': () => ({ jobs: [ended] }),
  'jobs.show': () => ({ job: ended, log: [...log] }),
  'restores.list': () => ({ restores: [summary('restored')] }),
  'restores.show': () => shown(true),
  'restores.report': () => ({ report }),
}
