import type { Page } from '@playwright/test'
import { around, rowBoxes, same, task } from './boxes.ts'
import type { Pair } from './pairs.ts'
import { addServerAnswers, fingerprint } from './scenes/add-server.ts'
import { fleetAnswers } from './scenes/fleet.ts'
import { reportAnswers, restoreJob, runningAnswers, wizardAnswers } from './scenes/restore.ts'

const adding = task(['Connect', 'Trust this server', 'Check'])
const restoring = ['Source', 'What to restore', 'Target', 'Review', 'Restore']
const add: Pick<Pair, 'theme' | 'answers' | 'path'> = {
  ...{ theme: 'light', answers: { ...fleetAnswers(), ...addServerAnswers } },
  path: '/add-server',
}
const wizard: typeof add = { theme: 'light', answers: wizardAnswers, path: '/restore/harbor-1/alice' }

async function connect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'harbor-2' }).click()
  await page.getByRole('radio', { name: 'Private key file' }).check()
  await page.getByRole('textbox', { name: 'Key file' }).fill('~/.ssh/id_ed25519_harbor')
  await page.getByRole('textbox', { name: 'Passphrase' }).fill('correct-horse')
}
async function trust(page: Page): Promise<void> {
  await connect(page)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByLabel('Paste the fingerprint you expect').fill(fingerprint)
}
async function check(page: Page): Promise<void> {
  await trust(page)
  await page.getByRole('button', { name: 'Trust this key' }).click()
}
async function chooseBackup(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /^Today 02:00/ }).check()
}
async function chooseWhat(page: Page): Promise<void> {
  await chooseBackup(page)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
}
async function chooseTarget(page: Page): Promise<void> {
  await chooseWhat(page)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByRole('radio', { name: 'Account on another server' }).check()
  await page.getByRole('combobox', { name: 'Server' }).selectOption('harbor-2')
}
async function review(page: Page): Promise<void> {
  await chooseTarget(page)
  await page.getByRole('button', { name: 'Review the plan' }).click()
}
async function confirm(page: Page): Promise<void> {
  await review(page)
  await page.getByRole('button', { name: 'Restore to alicenew…' }).click()
  await page.getByRole('alertdialog').getByRole('textbox').fill('alicene')
}

const reviewed: Omit<Pair, 'name' | 'title' | 'theme'> = {
  ...{ answers: wizardAnswers, path: wizard.path, act: review, ready: '.plan' },
  boxes: [
    ...task(restoring, { act: '.btn--danger' }),
    same('save plan', '.action-bar .btn:has-text("Save plan")'),
    around('plan', '.plan'),
    same('plan, files', '.plan .group >> nth=0'),
    same('plan, overwritten', '.plan tr:has-text("Overwritten") >> nth=0'),
    same('plan, deleted', '.plan tr:has-text("Deleted") >> nth=0'),
    same('plan, tag', '.plan .tag >> nth=0'),
    same('safety snapshot', '.callout[data-s="run"]'),
    same('space', '.panel-body >> nth=0'),
    same('space, numbers', '.panel-body dl >> nth=0'),
    same('warning', '.callout[data-s="warn"]'),
  ],
}

export const taskPairs: readonly Pair[] = [
  {
    ...{ ...add, name: 'c1-add-server-connect', title: 'Add a server: connect', act: connect },
    ready: 'text=harbor-2',
    boxes: [
      ...adding,
      around('hosts', '.row:has-text("From ~/.ssh/config")'),
      same('first host', '.btn[aria-pressed="true"]'),
      same('host label', '.field label >> nth=0'),
      same('host', '.input >> nth=0'),
      same('port', '.input >> nth=1'),
      same('user', '.input >> nth=2'),
      same('name', '.input >> nth=3'),
      same('user hint', '.hint >> nth=0'),
      around('agent', '.option >> nth=0'),
      around('key file', '.option >> nth=1'),
      same('key file, field', '.option >> nth=1 >> .input >> nth=0'),
      same('key file, hint', '.option >> nth=1 >> .hint >> nth=-1'),
      around('password', '.option >> nth=2'),
      same('more', 'summary'),
    ],
  },
  {
    ...{ ...add, name: 'c2-add-server-hostkey', title: 'Add a server: trust', act: trust, ready: '.ok-text' },
    boxes: [
      ...adding,
      around('panel', '.panel'),
      { label: 'panel title', mockup: '.panel-head h2', screen: '.panel-head h3' },
      same('key type', '.panel-head .tag'),
      same('fingerprint', '.fingerprint'),
      same('copy', '.panel .btn'),
      same('field label', '.field label'),
      same('field', '.field .input'),
      same('identical', '.ok-text'),
      same('how to see it', 'summary'),
      same('command', '.code'),
      same('promise', '.callout'),
      same('back', '.action-bar .btn >> nth=0'),
      same('do not trust', '.action-bar .btn:has-text("Don’t trust")'),
    ],
  },
  {
    ...{ ...add, name: 'c3-add-server-check', title: 'Add a server: check', act: check },
    ready: '.check-list li >> nth=5',
    boxes: [
      ...adding,
      same('what it can reach', '.content h3 >> nth=0'),
      same('how well it runs', '.content h3 >> nth=1'),
      same('accounts', '.check-list li >> nth=0'),
      same('database', '.check-list li >> nth=1'),
      same('sizes', '.content .panel'),
    ],
  },
  {
    ...{ ...wizard, name: 'g1-restore-source', title: 'Restore: source', act: chooseBackup },
    ready: '.table tbody tr >> nth=7',
    boxes: [
      ...task(restoring).filter(({ label }) => label !== 'lead'),
      same('catalog or file', '.segmented >> nth=0'),
      around('sources', '.panel'),
      same('first source', '.panel .menu-item >> nth=0'),
      same('days', '.strip'),
      { label: 'all or full', mockup: '.segmented >> nth=1' },
      ...rowBoxes('.table', [1, 2, 3], [1, 2, 3, 4, 5, 6]),
      same('read it from', '.label'),
      same('chosen', '.action-bar .muted'),
      same('browse first', '.action-bar .btn:has-text("Browse contents first")'),
    ],
  },
  {
    ...{ ...wizard, name: 'g2-restore-what', title: 'Restore: what', act: chooseWhat, ready: '.option' },
    boxes: [
      ...task(restoring),
      ...[0, 1, 2, 3, 4].map((at) => same(`choice ${at + 1}`, `.option >> nth=${at}`)),
      ...rowBoxes('.table', [1, 2, 3, 4]),
      same('extra files', '.label >> nth=0'),
      same('later mail', '.label >> nth=1'),
      same('chosen', '.action-bar .muted'),
    ],
  },
  {
    ...{ ...wizard, name: 'g3-restore-target', title: 'Restore: target', act: chooseTarget },
    ready: '.btn:has-text("Review the plan"):not([disabled])',
    boxes: [
      ...task(restoring).filter(({ label }) => label !== 'lead'),
      ...[0, 1, 2].map((at) => same(`choice ${at + 1}`, `.option >> nth=${at}`)),
      same('server', '.field select >> nth=0'),
      same('account', '.field select >> nth=1'),
      same('names', 'h3:has-text("Names on the target")'),
      ...rowBoxes('.table', [1, 2, 3, 4, 5], [1, 3, 4]),
      same('will it fit', 'h3:has-text("Will it fit and run")'),
      same('chosen', '.action-bar .muted'),
    ],
  },
  { ...reviewed, name: 'g4-restore-review', title: 'Restore: review', theme: 'light' },
  { ...reviewed, name: 'g4-restore-review-dark', title: 'Restore: review, dark', theme: 'dark' },
  {
    ...{ ...wizard, name: 'g5-restore-confirm', title: 'Restore: confirm', act: confirm, ready: '.dialog' },
    boxes: [
      around('dialog', '.dialog'),
      { label: 'question', mockup: '.dialog h2', screen: '.dialog-title' },
      same('what is lost', '.dialog-body .muted'),
      same('label', '.dialog label'),
      same('field', '.dialog .input'),
      same('hint', '.dialog .hint'),
      around('foot', '.dialog-foot'),
      same('go back', '.dialog-foot .btn >> nth=0'),
      same('overwrite', '.dialog-foot .btn >> nth=1'),
    ],
  },
  {
    ...{
      theme: 'light',
      answers: runningAnswers,
      path: `/restores/${restoreJob}`,
      ready: '.log li >> nth=5',
    },
    ...{ name: 'g6-restore-progress', title: 'Restore: under way' },
    boxes: [
      ...task(restoring, { act: '.btn:has-text("Stop and undo")' }).filter(
        ({ label }) => label !== 'lead' && label !== 'jobs button',
      ),
      same('time', '.page-title ~ .num'),
      same('progress', '.progress--lg'),
      { label: 'numbers', mockup: '.progress--lg + .row', screen: '.whole + .row' },
      ...rowBoxes('.table', [1, 2, 3]),
      around('log', '.log'),
    ],
  },
  {
    ...{ theme: 'light', answers: reportAnswers, path: `/restores/${restoreJob}`, ready: '.table' },
    ...{ name: 'g7-restore-report', title: 'Restore: report' },
    boxes: [
      ...task(restoring).filter(({ label }) => !label.startsWith('job')),
      ...rowBoxes('.table', [1, 2], [1, 2, 3, 4]),
      same('warnings', '.content h3 >> nth=0'),
      same('first warning', '.callout >> nth=0'),
      same('next', 'h3:has-text("Next")'),
      same('changed your mind', 'h3:has-text("Changed your mind")'),
      same('undo', '.btn:has-text("Undo this restore")'),
      same('save report', '.action-bar .btn >> nth=0'),
      { label: 'no jobs', mockup: '.statusbar .faint' },
    ],
  },
]
