import type { ComponentPlan, PlanList, RestorePlan, RestoreStep } from '../../../shared/model/restore-plan.ts'
import { idOf } from './catalog.ts'
import { today } from './jobs.ts'

const none: PlanList = { count: 0, first: [] }
const list = (count: number, ...first: readonly string[]): PlanList => ({ count, first: [...first] })
const account = { account: 'alicenew', uid: 1006, gid: 1006 }

function component(
  kind: ComponentPlan['kind'],
  name: string,
  unit: ComponentPlan['unit'],
  of: Partial<ComponentPlan>,
): ComponentPlan {
  return {
    ...{ kind, component: name === '' ? kind : `${kind} ${name}`, unit, unchanged: 0, bytes: 0 },
    ...{ added: none, overwritten: none, deleted: none, kept: none },
    ...of,
  }
}

const pair = (engine: 'mysql' | 'postgresql', from: string, to: string) => ({ engine, from, to })
const databases = [
  pair('mysql', 'alice_wp', 'alicenew_wp'),
  pair('mysql', 'alice_shop', 'alicenew_shop'),
  pair('postgresql', 'alice_stats', 'alicenew_stats'),
]

function importStep(at: number, { engine, from, to }: (typeof databases)[number]): RestoreStep {
  return {
    ...{ id: String(at), kind: 'import-database', component: `${engine} ${from}` },
    ...{ title: `Import ${from} as ${to}`, undo: 'Puts back what was there before', engine },
    ...{ from: `databases/${engine}/${from}.sql`, fromDatabase: from, database: to, method: 'swap' },
    ...{ why: 'It can be exchanged at once', scratch: `${to}_new`, owner: 'alicenew_wp@localhost' },
    ...{ rights: [], table: null },
  }
}

const steps: readonly RestoreStep[] = [
  {
    ...{ id: '1', kind: 'database-server', component: 'mysql', engine: 'mysql' },
    ...{ title: 'Make users, grants and databases', undo: 'Removes what it made' },
    users: [{ name: 'alicenew_wp', host: 'localhost', exists: false }],
    databases: [
      { name: 'alicenew_wp', exists: true },
      { name: 'alicenew_shop', exists: false },
    ],
  },
  {
    ...{ id: '8', kind: 'database-server', component: 'postgresql', engine: 'postgresql' },
    ...{ title: 'Make the database alicenew_stats', undo: 'Removes it', users: [] },
    databases: [{ name: 'alicenew_stats', exists: false }],
  },
  ...databases.map((each, at) => importStep(at + 2, each)),
  {
    ...{ id: '5', kind: 'put-tree', component: 'files', title: 'Put the files of /home/alicenew' },
    ...{ undo: 'Puts back what was there before', ...account, from: 'files', root: '/home/alicenew' },
    ...{ method: 'exchange', items: [], kept: [], keepExtra: false, configuration: [] },
  },
  {
    ...{ id: '6', kind: 'put-mailbox', component: 'mail', title: 'Put 4 mailboxes' },
    ...{ undo: 'Puts back what was there before', ...account, from: 'mail/alicebakes.example/hello' },
    ...{ saved: 'mail/alicebakes.example/hello', path: '/home/alicenew/mail', root: '/home/alicenew' },
    ...{ method: 'replace', items: [], held: [], keepExtra: false },
  },
  {
    ...{ id: '7', kind: 'install-crontab', component: 'cron', title: 'Install the crontab of alicenew' },
    ...{ undo: 'Installs the crontab of before', ...account, from: 'cron/crontab', enabled: false, lines: 3 },
  },
]

/** Alice's newest backup onto alicenew, on harbor-2. */
export const plan: RestorePlan = {
  ...{ format: 1, digest: 'a'.repeat(64), madeAt: today('14:32'), scope: 'full' },
  from: {
    ...{ name: 'alice_2026-04-08.tar.gz', id: idOf('2026-04-08'), server: 'harbor-1', source: 'alice' },
    ...{ startedAt: today('02:00'), result: 'succeeded', trusted: true },
  },
  to: {
    ...{ server: 'harbor-2', host: 'web2.harborline.example', account: 'alicenew', machine: null },
    exists: true,
  },
  mapping: {
    ...{ user: { from: 'alice', to: 'alicenew' }, uid: { from: 1001, to: 1006 } },
    ...{ gid: { from: 1001, to: 1006 }, home: { from: '/home/alice', to: '/home/alicenew' } },
    ...{ paths: [], databases, databaseUsers: [pair('mysql', 'alice_wp2', 'alicenew_wp')] },
    domains: [{ from: 'alicebakes.example', to: 'alicebakes.example', paths: [] }],
  },
  steps: [...steps],
  components: [
    component('files', '', 'files', {
      ...{ bytes: 2.3e9, added: list(38_206, 'public_html', 'mail-archive') },
      overwritten: list(212, 'public_html/index.php', 'public_html/.htaccess'),
      deleted: list(18, 'coming-soon/', 'test.php'),
    }),
    component('mysql', 'alice_wp', 'tables', {
      ...{
        bytes: 71e6,
        deleted: list(12, 'wp_posts', 'wp_options'),
        added: list(48, 'wp_posts', 'wp_options'),
      },
    }),
    component('mysql', 'alice_shop', 'tables', { bytes: 22e6, added: list(31, 'orders', 'items') }),
    component('postgresql', 'alice_stats', 'tables', { bytes: 3e6, added: list(12, 'hits', 'pages') }),
    component('mail', '', 'messages', { bytes: 1e9, added: list(9881, 'hello@', 'orders@') }),
    component('cron', '', 'lines', {
      bytes: 1000,
      overwritten: list(1, '0 4 * * * /home/alicenew/backup.sh'),
    }),
  ],
  notes: [
    {
      ...{ level: 'warning', code: 'version', text: 'PHP 8.1 here, 8.3 there.' },
      remedy: 'This site ran on 8.1. Open it after the restore and look for warnings.',
    },
  ],
  space: [{ path: '/home', during: 9.8e9, after: 5.4e9, free: 61e9 }],
  offline: [{ what: 'alicebakes.example', seconds: 240 }],
  undo: { method: 'safety-backup', scope: 'full', days: 21, only: [], bytes: 6e6 },
  ...{ serverConfiguration: [], notBrought: ['DNS', 'certificates', 'FTP users', 'the other 5 accounts'] },
}
