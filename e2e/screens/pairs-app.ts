import { around, frame, primary, rail, rowBoxes, same, search } from './boxes.ts'
import type { Pair } from './pairs.ts'
import { archiveAnswers, compared } from './scenes/archive.ts'
import { catalogAnswers, idOf } from './scenes/catalog.ts'
import { accountsOnly, fleetAnswers } from './scenes/fleet.ts'
import { firstRunAnswers } from './scenes/add-server.ts'
import { hostKeyAnswers } from './scenes/host-key.ts'
import { cedarlaw } from './scenes/jobs.ts'

const overview: Omit<Pair, 'name' | 'title' | 'theme'> = {
  ...{ answers: fleetAnswers(), path: '/', ready: '#tally' },
  boxes: [
    ...[...frame, search, primary],
    { label: 'tally', mockup: '.tally .big' },
    { label: 'fronds', mockup: '.fronds' },
    same('definition', '.tally .lead'),
    same('needs attention', '.pad > h2'),
    ...[0, 1, 2].flatMap((at) => [
      same(`attention ${at + 1}`, `tr.attn >> nth=${at} >> .row`),
      same(`attention ${at + 1}, why`, `tr.attn >> nth=${at} >> td >> nth=1`),
      same(`attention ${at + 1}, button`, `tr.attn >> nth=${at} >> .btn`),
    ]),
    same('group harbor-1', 'tr.group >> nth=0'),
    ...rowBoxes('.table:has(.group)', [1, 2, 3], [1, 2, 3, 4, 5]),
    ...rail(['Running now', 'Storage', 'Next runs']),
    same('rail, first job', '.rail .stack .stack >> nth=0'),
    same('rail, first place', '.rail section >> nth=1 >> .stack .stack >> nth=0'),
  ],
}

const files = { ...archiveAnswers, ...catalogAnswers, ...fleetAnswers() }

export const appPairs: readonly Pair[] = [
  { ...overview, name: 'a-overview', title: 'Overview', theme: 'light' },
  { ...overview, name: 'a-overview-dark', title: 'Overview, dark', theme: 'dark' },
  {
    ...{ name: 'b-server', title: 'A server and its accounts', theme: 'light' },
    ...{ answers: fleetAnswers(accountsOnly), path: '/servers/harbor-1', ready: 'tr:has-text("hollis")' },
    act: async (page) => {
      await page.getByRole('checkbox', { name: 'Select alice' }).check()
      await page.getByRole('button', { name: 'Choose what to back up of alice' }).click()
    },
    boxes: [
      ...[...frame, search],
      same('more', '.toolbar .btn--icon'),
      same('title', '.page-title'),
      same('login', '.page-title + p'),
      around('facts', '.facts'),
      same('tabs', '.tabs'),
      same('tab Accounts', '.tabs button >> nth=0'),
      same('filter', '.pad .search'),
      same('show', '.segmented'),
      same('measure again', '.btn:has-text("Measure again")'),
      ...rowBoxes('.table--tall', [1, 2, 3], [2, 3, 4, 5, 6, 7, 8]),
      same('back up alice', '.btn-split'),
      around('menu', '.menu'),
      same('menu, Full', '.menu-item >> nth=0'),
      same('menu, Email only', '.menu-item >> nth=3'),
      same('legend', '.legend'),
      around('action bar', '.action-bar'),
      same('primary button', '.action-bar .btn--primary'),
      same('restore', '.action-bar .btn:has-text("Restore")'),
    ],
  },
  {
    ...{ name: 'd-backup-running', title: 'A backup under way', theme: 'light' },
    ...{ answers: fleetAnswers(), path: `/jobs/${cedarlaw.id}`, ready: '.log li >> nth=12' },
    boxes: [
      ...frame.filter(({ label }) => !['job line', 'job speed'].includes(label)),
      { label: 'number of jobs', mockup: '.statusbar .faint' },
      same('cancel', '.toolbar .btn'),
      same('percent', '.page-title'),
      same('time', '.page-title ~ .num'),
      same('progress', '.progress--lg'),
      same('stages', '.pipe'),
      around('log', '.log'),
      same('log line', '.log li >> nth=0'),
      same('warning line', '.log [data-s="warn"]'),
      ...rail(['Throughput', 'Going to', 'Archive', 'If you cancel']),
    ],
  },
  {
    ...{ name: 'e-catalog', title: 'The backups of an account', theme: 'light' },
    ...{ answers: files, path: '/backups/harbor-1/alice', ready: '.table tbody tr >> nth=12' },
    act: (page) => page.getByRole('row', { name: /Today 02:00/ }).click(),
    boxes: [
      ...[...frame, search],
      { label: 'primary button', mockup: '.toolbar .btn-split' },
      same('title', '.page-title'),
      same('domain', '.page-title + .muted'),
      same('protected', '.pad .status'),
      same('newest', '.pad .row .faint'),
      same('days', '.strip--lg'),
      same('axis', '.strip-axis'),
      same('legend', '.legend'),
      same('filters', '.segmented'),
      same('add archive file', '.pad .btn:has-text("Add archive file")'),
      ...rowBoxes('.table', [1, 2, 3], [1, 2, 3, 4, 5, 6]),
      same('row 2, restore', '.table tr[aria-selected="true"] .btn >> nth=0'),
      same('row 2, more', '.table tr[aria-selected="true"] .btn >> nth=1'),
      ...rail(['2026', 'Copies']),
      same('rail, Files', '.rail dd >> nth=0'),
      same('rail, Databases', '.rail dd >> nth=1'),
      same('rail, Email', '.rail dd >> nth=2'),
      same('rail, Cron jobs', '.rail dd >> nth=3'),
      same('rail, restore', '.rail .btn >> nth=0'),
      same('rail, first copy', '.rail li .row >> nth=0'),
    ],
  },
  {
    ...{ name: 'f-browser', title: 'What is in a backup', theme: 'light', answers: files },
    ...{ path: `/backups/harbor-1/alice/${idOf('2026-04-08')}`, ready: '.hist li' },
    act: async (page) => {
      await page.getByRole('treeitem', { name: 'Files' }).click()
      await page.getByRole('treeitem', { name: 'public_html' }).click()
      for (const name of ['wp-content', 'wp-config.php'])
        await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check()
      await page.getByRole('button', { name: 'wp-config.php', exact: true }).click()
      for (const at of [0, 3]) await page.locator('.hist .check').nth(at).check()
    },
    boxes: [
      ...frame,
      same('older', '[aria-label="Older backup"]'),
      same('search', '.toolbar .search'),
      same('tree, Files', '[role="treeitem"] >> nth=0'),
      same('tree, public_html', '[role="treeitem"] >> nth=1'),
      same('tree, wp-admin', '[role="treeitem"] >> nth=2'),
      same('about the folder', '.panes > :nth-child(2) > p'),
      ...rowBoxes('.panes .table', [1, 2, 3, 4, 7], [1, 2, 3, 4, 5]),
      same('history', '.panes > :nth-child(3) h2'),
      { label: 'first group', mockup: '.panes h3', screen: '.panes h4' },
      same('first version', '.hist li >> nth=0'),
      same('compare', '.btn:has-text("Compare 2 versions")'),
      around('action bar', '.action-bar'),
      same('selected', '.action-bar .strong'),
      same('primary button', '.action-bar .btn--primary'),
    ],
  },
  {
    ...{ name: 'f2-diff', title: 'Two versions of a file', theme: 'light', answers: files },
    path: `/compare/harbor-1/alice/${compared.from}/${compared.to}/${encodeURIComponent(compared.item)}`,
    ready: '.diff',
    boxes: [
      ...frame,
      same('view', '.segmented'),
      same('download', '.toolbar .btn:has-text("Download")'),
      primary,
      same('older version', 'select >> nth=0'),
      same('newer version', 'select >> nth=1'),
      same('skipped lines', '.diff tr >> nth=0'),
      same('first line', '.diff tr >> nth=1'),
      same('removed line', '.diff .del'),
      same('added line', '.diff .add'),
      same('added text', '.diff .add td >> nth=3'),
    ],
  },
  {
    ...{ name: 'j-first-run', title: 'The first start', theme: 'light' },
    ...{ answers: firstRunAnswers, path: '/', ready: 'text=Found in ~/.ssh/config' },
    boxes: [
      ...frame.filter(
        ({ label }) =>
          !['harbor-1', 'fjord', 'quay', 'job line', 'job speed'].some((name) => label.includes(name)),
      ),
      same('title', '.page-title'),
      same('lead', '.content .lead'),
      same('primary button', '.content .btn--primary'),
      same('practice server', '.btn:has-text("practice server")'),
      around('hosts', '.panel'),
      same('first host', '.panel li >> nth=0'),
      same('add', '.panel .btn >> nth=0'),
    ],
  },
  {
    ...{ name: 'k-host-key-changed', title: 'A host key that changed', theme: 'light' },
    ...{ answers: hostKeyAnswers, path: '/servers/fjord/host-key', ready: '.alarm mark' },
    boxes: [
      ...frame,
      same('blocked', '.toolbar .status'),
      around('alarm', '.alarm'),
      same('title', '.alarm h2'),
      same('trusted key', '.fingerprint >> nth=0'),
      same('offered key', '.fingerprint mark'),
      same('harmless', 'h3 >> nth=0'),
      same('attack', 'h3 >> nth=1'),
      same('command', '.code'),
      same('copy', '.content .btn:has-text("Copy")'),
      same('on hold', '.content .callout'),
      around('action bar', '.action-bar'),
      same('try again', '.action-bar .btn >> nth=0'),
      same('replace', '.btn--quiet-danger'),
      same('primary button', '.action-bar .btn--primary'),
    ],
  },
]
